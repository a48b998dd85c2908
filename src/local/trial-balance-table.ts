import { z } from "zod";

/** The part of `GET /reports/trial-balance` that the table shows. */
export const TrialBalance = z.object({
  currency: z.string(),
  asOf: z.string().optional(),
  sections: z.array(
    z.object({
      rows: z.array(
        z.object({
          code: z.string().nullable().optional(),
          name: z.string(),
          closingDebitCents: z.number(),
          closingCreditCents: z.number(),
        }),
      ),
    }),
  ),
});
export type TrialBalance = z.infer<typeof TrialBalance>;

const figures = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Cents with thousands and two decimals, exactly: formatted from the text, never divided. */
export function money(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  // A decimal string is formatted digit by digit (ECMA-402), a quotient would be a float.
  return figures.format(`${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}` as Intl.StringNumericLiteral);
}

/** A table for a terminal: code, account, debit, credit, and the two sums. */
export function trialBalanceTable(report: TrialBalance): string {
  const rows = report.sections.flatMap((section) => section.rows).filter((row) => row.closingDebitCents !== row.closingCreditCents);
  const sum = (figure: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + figure(row), 0);
  const cells = rows.map((row) => [row.code ?? "", row.name, amountOrBlank(row.closingDebitCents), amountOrBlank(row.closingCreditCents)]);
  const head = ["Code", "Account", `Debit ${report.currency}`, `Credit ${report.currency}`];
  const foot = ["", "Total", money(sum((row) => row.closingDebitCents)), money(sum((row) => row.closingCreditCents))];
  const widths = head.map((_, column) => Math.max(...[head, ...cells, foot].map((line) => line[column]?.length ?? 0)));
  const render = (line: readonly string[]) =>
    line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  const rule = "─".repeat(widths.reduce((total, width) => total + width, 2 * (widths.length - 1)));
  return [render(head), rule, ...cells.map(render), rule, render(foot)].join("\n");
}

function amountOrBlank(cents: number): string {
  return cents === 0 ? "" : money(cents);
}
