import { dateOfDay, dayOf, fiscalYearStartOf } from "../../kernel/calendar-date.ts";
import { instant } from "../../kernel/clock.ts";
import type { Whole } from "../../kernel/whole.ts";
import type { TotalsView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { type LedgerChoice, ledgerInContext } from "../ledgers/index.ts";
import { trialBalance, trialBalanceColumns } from "./domain/trial-balance.ts";
import { reportHead } from "./report-head.ts";
import type { TrialBalanceQuery } from "./schemas.ts";

const labels = {
  openingCents: "Opening",
  debitCents: "Debit",
  creditCents: "Credit",
  closingDebitCents: "Closing debit",
  closingCreditCents: "Closing credit",
} as const;

/** The trial balance of a ledger on a day, for the fiscal year of that day, in the envelope of all reports. Figures are bigint: write it with `answerExact`. */
export async function getTrialBalance(context: OperationContext, entityId: string, query: TrialBalanceQuery) {
  query satisfies Whole<TrialBalanceQuery, keyof LedgerChoice | "asOf" | "knownAt" | "pnl" | "includeZero" | "format">;
  const ledger = await ledgerInContext(context, { entityId, ledgerId: query.ledgerId, currency: query.currency }, "query");
  const now = context.clock();
  const asOf = query.asOf ?? instant(now).slice(0, 10);
  const fiscalYearStart = dateOfDay(fiscalYearStartOf(dayOf(asOf), ledger.fiscalYearStart));
  const books = await context.ledger(ledger.number).read<TotalsView>({
    kind: "totals",
    before: fiscalYearStart,
    asOf,
    includeUnused: query.includeZero,
    ...(query.knownAt === undefined ? {} : { knownAt: query.knownAt }),
  });
  const { sections, totals, checks } = trialBalance(books.accounts, { pnl: query.pnl, includeZero: query.includeZero });
  return {
    ...reportHead("trial-balance", ledger, { sequence: books.sequence, knownAt: query.knownAt, nowMs: now }),
    asOf,
    period: { startDate: fiscalYearStart, endDate: asOf },
    fiscalYearStart,
    filters: { pnl: query.pnl, includeZero: query.includeZero, knownAt: query.knownAt ?? null },
    columns: trialBalanceColumns.map((key) => columnOf(key, fiscalYearStart, asOf)),
    sections: sections.map((section) => ({
      ...section,
      rows: section.rows.map((row) => (row.kind === "computed" ? { key: "priorYearsEarnings", ...row } : row)),
    })),
    totals,
    checks,
  };
}

function columnOf(key: (typeof trialBalanceColumns)[number], startDate: string, endDate: string) {
  if (key === "openingCents") return { key, kind: "opening", label: labels[key], endDate: dateOfDay(dayOf(startDate) - 1) };
  if (key === "debitCents" || key === "creditCents") return { key, kind: "turnover", label: labels[key], startDate, endDate };
  return { key, kind: "closing", label: labels[key], endDate };
}
