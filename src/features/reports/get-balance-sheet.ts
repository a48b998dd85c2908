import { accountTypeNames } from "../../kernel/account-type.ts";
import { reportColumnsMax } from "../../kernel/bounds.ts";
import { type DayNumber, dateOfDay, dayOf, firstDay, fiscalYearStartOf } from "../../kernel/calendar-date.ts";
import { instant } from "../../kernel/clock.ts";
import type { Whole } from "../../kernel/whole.ts";
import type { TurnoversView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { invalidParameter } from "../../operation/page.ts";
import { type LedgerChoice, ledgerInContext } from "../ledgers/index.ts";
import { type AccountPosition, balanceSheet } from "./domain/balance-sheet.ts";
import { type DayRange, periodColumns, yearBeforeDay } from "./domain/report-columns.ts";
import { reportHead } from "./report-head.ts";
import type { BalanceSheetQuery } from "./schemas.ts";

/** What a ledger's entity has and owes on a day, or on the last day of each of several periods, in the envelope of all reports. Figures are bigint: write it with `answerExact`. */
export async function getBalanceSheet(context: OperationContext, entityId: string, query: BalanceSheetQuery) {
  query satisfies Whole<
    BalanceSheetQuery,
    keyof LedgerChoice | "asOf" | "startDate" | "columns" | "compare" | "knownAt" | "includeZero" | "format"
  >;
  const ledger = await ledgerInContext(context, { entityId, ledgerId: query.ledgerId, currency: query.currency }, "query");
  const now = context.clock();
  const asOf = query.asOf ?? instant(now).slice(0, 10);
  const yearStartOf = (day: DayNumber) => fiscalYearStartOf(day, ledger.fiscalYearStart);
  const columns = columnsOf(query, dayOf(asOf), yearStartOf(dayOf(asOf)));
  const dayPairs = columns.flatMap(({ asOf: endDate }) => [
    { startDate: dateOfDay(firstDay), endDate },
    { startDate: dateOfDay(yearStartOf(dayOf(endDate))), endDate },
  ]);
  const books = await context.ledger(ledger.number).read<TurnoversView>({
    kind: "turnovers",
    periods: dayPairs,
    types: accountTypeNames,
    includeUnused: query.includeZero,
    ...(query.knownAt === undefined ? {} : { knownAt: query.knownAt }),
  });
  return {
    ...reportHead("balance-sheet", ledger, { sequence: books.sequence, knownAt: query.knownAt, nowMs: now }),
    asOf,
    fiscalYearStart: dateOfDay(yearStartOf(dayOf(asOf))),
    filters: {
      startDate: query.startDate ?? null,
      columns: query.columns,
      compare: query.compare ?? null,
      includeZero: query.includeZero,
      knownAt: query.knownAt ?? null,
    },
    columns,
    ...balanceSheet(books.accounts.map(positionOf), { columns: columns.length, includeZero: query.includeZero }),
  };
}

interface BalanceSheetColumn {
  readonly key: string;
  readonly kind: "asOf" | "previousPeriod" | "previousYear";
  readonly asOf: string;
}

/** The last day of each period, and beside them those compared with: a year earlier, or the day before the period that leads up to asOf. */
function columnsOf(query: BalanceSheetQuery, endDay: DayNumber, yearStart: DayNumber): BalanceSheetColumn[] {
  const startDay = query.startDate === undefined ? yearStart : dayOf(query.startDate);
  const days = daysOf(query, { startDay, endDay }, yearStart);
  const compared = query.compare === undefined ? [] : query.compare === "previousPeriod" ? [startDay - 1] : days.map(yearBeforeDay);
  if (compared.some((day) => day < firstDay)) throw invalidParameter("compare", "A day compared with is before 1900.");
  return [...days, ...compared].map((day, at) => ({
    key: `c${at}`,
    kind: at < days.length || query.compare === undefined ? "asOf" : query.compare,
    asOf: dateOfDay(day),
  }));
}

function daysOf(query: BalanceSheetQuery, range: DayRange, yearStart: DayNumber): DayNumber[] {
  const isOne = query.columns === "total";
  if (isOne && query.startDate !== undefined && query.compare !== "previousPeriod")
    throw invalidParameter("startDate", "It goes with columns=month, quarter or year, or with compare=previousPeriod.");
  if (!isOne && query.compare === "previousPeriod")
    throw invalidParameter("compare", "previousPeriod goes with columns=total: of several days each has the one before it to its left.");
  if (range.startDay > range.endDay) throw invalidParameter("startDate", "It is after asOf.");
  const sides = query.compare === undefined ? 1 : 2;
  const columns = periodColumns(range, query.columns, yearStart, reportColumnsMax / sides);
  if (columns === undefined) throw invalidParameter("columns", `There would be more than ${reportColumnsMax} columns.`);
  return columns.filter(({ kind }) => kind === "period").map(({ endDate }) => dayOf(endDate));
}

/** Figures come in pairs: up to a column's day, and within its fiscal year. */
function positionOf(account: TurnoversView["accounts"][number]): AccountPosition {
  const net = account.debits.map((debits, at) => BigInt(debits) - BigInt(account.credits[at] ?? "0"));
  return { ...account, toDate: net.filter((_, at) => at % 2 === 0), ofYear: net.filter((_, at) => at % 2 === 1) };
}
