import { type AccountType, accountTypeNames, isTemporary } from "../../kernel/account-type.ts";
import { reportColumnsMax } from "../../kernel/bounds.ts";
import { type DayNumber, dateOfDay, dayOf, firstDay, fiscalYearStartOf } from "../../kernel/calendar-date.ts";
import { instant } from "../../kernel/clock.ts";
import type { Whole } from "../../kernel/whole.ts";
import type { TurnoversView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { invalidParameter } from "../../operation/page.ts";
import { type LedgerChoice, ledgerInContext } from "../ledgers/index.ts";
import { type AccountFlow, profitAndLoss } from "./domain/profit-and-loss.ts";
import { columnsOfYearBefore, comparedColumn, periodColumns, type ReportColumn } from "./domain/report-columns.ts";
import { reportHead } from "./report-head.ts";
import type { ProfitAndLossQuery } from "./schemas.ts";

const types: readonly AccountType[] = accountTypeNames.filter(isTemporary);

/** Revenue and expense of a ledger between two days, in the envelope of all reports. Figures are bigint: write it with `answerExact`. */
export async function getProfitAndLoss(context: OperationContext, entityId: string, query: ProfitAndLossQuery) {
  query satisfies Whole<
    ProfitAndLossQuery,
    keyof LedgerChoice | "startDate" | "endDate" | "columns" | "compare" | "knownAt" | "includeZero" | "format"
  >;
  const ledger = await ledgerInContext(context, { entityId, ledgerId: query.ledgerId, currency: query.currency }, "query");
  const now = context.clock();
  const endDay = dayOf(query.endDate ?? instant(now).slice(0, 10));
  const fiscalYearStart = fiscalYearStartOf(endDay, ledger.fiscalYearStart);
  const range = { startDay: query.startDate === undefined ? fiscalYearStart : dayOf(query.startDate), endDay };
  const columns = columnsOf(query, range, fiscalYearStart);
  // A total is what its periods add up to, and the ledger is not asked for it.
  const periods = columns.filter(({ kind }) => kind !== "total");
  const books = await context.ledger(ledger.number).read<TurnoversView>({
    kind: "turnovers",
    periods: periods.map(({ startDate, endDate }) => ({ startDate, endDate })),
    types,
    includeUnused: query.includeZero,
    ...(query.knownAt === undefined ? {} : { knownAt: query.knownAt }),
  });
  const report = profitAndLoss(
    books.accounts.map((account) => flowOf(account, columns)),
    { columns: columns.length, includeZero: query.includeZero },
  );
  return {
    ...reportHead("profit-and-loss", ledger, { sequence: books.sequence, knownAt: query.knownAt, nowMs: now }),
    period: { startDate: dateOfDay(range.startDay), endDate: dateOfDay(endDay) },
    fiscalYearStart: dateOfDay(fiscalYearStart),
    filters: {
      columns: query.columns,
      compare: query.compare ?? null,
      includeZero: query.includeZero,
      knownAt: query.knownAt ?? null,
    },
    columns,
    ...report,
  };
}

function columnsOf(
  query: ProfitAndLossQuery,
  range: { readonly startDay: DayNumber; readonly endDay: DayNumber },
  fiscalYearStart: DayNumber,
): ReportColumn[] {
  if (range.startDay > range.endDay)
    throw invalidParameter("startDate", query.startDate === undefined ? "The fiscal year begins after endDate." : "It is after endDate.");
  if (query.compare === "previousPeriod" && query.columns !== "total")
    throw invalidParameter("compare", "previousPeriod goes with columns=total: of several periods each has the one before it to its left.");
  const sides = query.compare === undefined ? 1 : 2;
  const columns = periodColumns(range, query.columns, fiscalYearStart, reportColumnsMax / sides);
  if (columns === undefined)
    throw invalidParameter("columns", `There would be more than ${reportColumnsMax} columns; ask for a shorter period or longer columns.`);
  if (query.compare === undefined) return columns;
  const compared = query.columns === "total" ? [comparedColumn(range, query.compare)] : columnsOfYearBefore(columns);
  if (compared.some(({ startDate }) => startDate < dateOfDay(firstDay)))
    throw invalidParameter("compare", "The period compared with begins before 1900.");
  return [...columns, ...compared];
}

function flowOf(account: TurnoversView["accounts"][number], columns: readonly ReportColumn[]): AccountFlow {
  return { ...account, debits: withTotals(account.debits, columns), credits: withTotals(account.credits, columns) };
}

function withTotals(ofPeriods: readonly string[], columns: readonly ReportColumn[]): bigint[] {
  const amounts = ofPeriods.map(BigInt).values();
  let total = 0n;
  return columns.map(({ kind }) => {
    const amount = kind === "total" ? total : (amounts.next().value ?? 0n);
    total = kind === "total" ? 0n : total + amount;
    return amount;
  });
}
