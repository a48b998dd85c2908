import { invalidParameter } from "../../http/pages.ts";
import { accountTypeNames } from "../../kernel/account-type.ts";
import { reportColumnsMax } from "../../kernel/bounds.ts";
import { type DayNumber, dateOfDay, dayOf, firstDay, firstDayOfMonth, fiscalYearStartOf, monthOfDay } from "../../kernel/calendar-date.ts";
import { instant } from "../../kernel/clock.ts";
import type { TurnoversView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../platform/context.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { type AccountPosition, balanceSheet } from "./domain/balance-sheet.ts";
import { comparedColumn, periodColumns } from "./domain/report-columns.ts";
import { reportHead } from "./report-head.ts";
import type { BalanceSheetQuery } from "./schemas.ts";

/** What a ledger's entity has and owes on a day, or on the last day of each of several periods, in the envelope of all reports. Figures are bigint: write it with `answerExact`. */
export async function getBalanceSheet(context: OperationContext, entityId: string, query: BalanceSheetQuery) {
  const ledger = await ledgerInContext(context, { entityId, ledgerId: query.ledgerId, currency: query.currency }, "query");
  const now = context.clock();
  const asOf = query.asOf ?? instant(now).slice(0, 10);
  const yearStartOf = (day: DayNumber) => fiscalYearStartOf(day, ledger.fiscalYearStart);
  const columns = columnsOf(query, dayOf(asOf), yearStartOf);
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

/** A balance sheet is of days: of a period's column it has the last. */
function columnsOf(query: BalanceSheetQuery, endDay: DayNumber, yearStartOf: (day: DayNumber) => DayNumber) {
  const yearStart = yearStartOf(endDay);
  const startDay = query.startDate === undefined ? yearStart : dayOf(query.startDate);
  if (query.columns === "total") {
    if (query.startDate !== undefined)
      throw invalidParameter("startDate", "It says where the columns begin and goes with columns=month, quarter or year.");
    const asOf = { key: "c0", kind: "asOf" as const, asOf: dateOfDay(endDay) };
    if (query.compare === undefined) return [asOf];
    // The end of a month has the end of a month beside it.
    const { kind, endDate } = comparedColumn({ startDay: firstDayOfMonth(monthOfDay(endDay)), endDay }, query.compare);
    if (endDate < dateOfDay(firstDay)) throw invalidParameter("compare", "The day compared with is before 1900.");
    return [asOf, { key: "c1", kind, asOf: endDate }];
  }
  if (query.compare !== undefined) throw invalidParameter("compare", "It sets one column beside that of asOf and goes with columns=total.");
  if (startDay > endDay) throw invalidParameter("startDate", "It is after asOf.");
  const columns = periodColumns({ startDay, endDay }, query.columns, yearStart, reportColumnsMax);
  if (columns === undefined) throw invalidParameter("columns", `There would be more than ${reportColumnsMax} columns.`);
  return columns.filter(({ kind }) => kind === "period").map(({ key, endDate }) => ({ key, kind: "asOf" as const, asOf: endDate }));
}

/** Figures come in pairs: up to a column's day, and within its fiscal year. */
function positionOf(account: TurnoversView["accounts"][number]): AccountPosition {
  const net = account.debits.map((debits, at) => BigInt(debits) - BigInt(account.credits[at] ?? "0"));
  return { ...account, toDate: net.filter((_, at) => at % 2 === 0), ofYear: net.filter((_, at) => at % 2 === 1) };
}
