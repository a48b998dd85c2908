import type { ReportTable } from "./report-table.ts";
import { type TrialBalance, type TrialBalanceRow, trialBalanceColumns } from "./trial-balance.ts";

type Sections = readonly (Omit<TrialBalance["sections"][number], "rows"> & {
  readonly rows: readonly (TrialBalanceRow & { readonly key?: string })[];
})[];

/**
 * A row for each account and the computed one, a row for each section's total, and a row for that of all: openings are on each row's normal side, and so
 * have no total there.
 */
export function trialBalanceTable(
  currency: string,
  { sections, totals }: { readonly sections: Sections; readonly totals: TrialBalance["totals"] },
): ReportTable {
  const rows = sections.flatMap(({ key, label, rows, totalCents }) => [
    ...rows.map((row) => [
      row.kind,
      key,
      row.key ?? null,
      currency,
      row.accountId,
      row.code,
      row.name,
      row.type,
      ...trialBalanceColumns.map((column) => row[column]),
    ]),
    ["sectionTotal", key, null, currency, null, null, `Total ${label.toLowerCase()}`, null, ...totalCents],
  ]);
  const { debitCents, creditCents, closingDebitCents, closingCreditCents } = totals;
  return {
    columns: ["kind", "section", "key", "currency", "accountId", "code", "name", "type", ...trialBalanceColumns],
    rows: [
      ...rows,
      ["total", null, null, currency, null, null, "Total", null, null, debitCents, creditCents, closingDebitCents, closingCreditCents],
    ],
  };
}
