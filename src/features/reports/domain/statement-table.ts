import type { AccountRow } from "./account-rows.ts";
import type { ComputedRow } from "./balance-sheet.ts";
import type { ReportTable } from "./report-table.ts";

/** Of what period or day the figures of a column are. */
export type TableColumn = { readonly kind: string } & (
  | { readonly startDate: string; readonly endDate: string }
  | { readonly asOf: string }
);

/**
 * Profit and loss or a balance sheet: a row for each account and computed row, for each section's total, and for each of the totals below.
 * For each column of the report there are two, the amounts and the roll-ups; the days are in their names.
 */
export function statementTable(
  currency: string,
  statement: {
    readonly columns: readonly TableColumn[];
    readonly sections: readonly {
      readonly key: string;
      readonly label: string;
      readonly rows: readonly (AccountRow | ComputedRow)[];
      readonly totalCents: readonly bigint[];
    }[];
    readonly totals: Readonly<Record<string, readonly bigint[]>>;
  },
): ReportTable {
  const names = statement.columns.map(nameOf);
  const rows = statement.sections.flatMap(({ key: section, label, rows, totalCents }) => [
    ...rows.map((row) => [
      row.kind,
      section,
      row.kind === "computed" ? row.key : null,
      currency,
      row.accountId,
      row.code,
      row.name,
      row.parentId,
      row.depth,
      ...row.amountsCents,
      ...row.rollupCents,
    ]),
    ["sectionTotal", section, null, currency, null, null, `Total ${label.toLowerCase()}`, null, null, ...totalCents, ...totalCents],
  ]);
  const totals = Object.entries(statement.totals).map(([key, amounts]) => [
    "total",
    null,
    key,
    currency,
    null,
    null,
    inWords(key),
    null,
    null,
    ...amounts,
    ...amounts,
  ]);
  return {
    columns: [
      "kind",
      "section",
      "key",
      "currency",
      "accountId",
      "code",
      "name",
      "parentId",
      "depth",
      ...names.map((name) => `amountsCents ${name}`),
      ...names.map((name) => `rollupCents ${name}`),
    ],
    rows: [...rows, ...totals],
  };
}

/** The days, and before them what kind of column it is where that is not plain. */
function nameOf(column: TableColumn): string {
  const days = "asOf" in column ? column.asOf : `${column.startDate} to ${column.endDate}`;
  return column.kind === "period" || column.kind === "asOf" ? days : `${inWords(column.kind).toLowerCase()} ${days}`;
}

/** `netOperatingIncome` as `Net operating income`. */
function inWords(key: string): string {
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
