import { z } from "@hono/zod-openapi";
import { dateField, idField, knownAtParameter, ledgerChoice, minorField, sequenceField, versionField } from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { accountTypeNames } from "../../kernel/account-type.ts";
import { accountIdsPerQueryMax } from "../../kernel/bounds.ts";
import { intervals } from "./domain/interval-ends.ts";

const asOf = dateField.optional().openapi({ description: "Counts what is dated up to and on this day.", example: "2026-06-30" });

export const PointInBooksQuery = z.object({ asOf, knownAt: knownAtParameter.optional() });
export type PointInBooksQuery = z.output<typeof PointInBooksQuery>;

export const BalanceHistoryQuery = z
  .object({
    startDate: dateField,
    endDate: dateField,
    interval: z
      .enum(intervals)
      .default("day")
      .openapi({ description: "A point at the end of each day, each ISO week or each month; the last at the end of the range." }),
    knownAt: knownAtParameter.optional(),
  })
  .refine((query) => query.startDate <= query.endDate, { path: ["endDate"], message: "The range ends on or after its start." });
export type BalanceHistoryQuery = z.output<typeof BalanceHistoryQuery>;

export const accountLineSorts = ["date", "sequence", "createdAt"] as const;

export const AccountLinesQuery = z.object({
  startDate: dateField.optional(),
  endDate: dateField.optional().openapi({ example: "2026-06-30" }),
  knownAt: knownAtParameter.optional(),
  ...listQuery,
});
export type AccountLinesQuery = z.output<typeof AccountLinesQuery>;

/** A comma list in a parameter. */
function commaList<S extends z.ZodType<unknown, string>>(item: S, max: number) {
  return z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(item).min(1).max(max));
}

export const balanceSorts = ["code"] as const;

export const BalancesQuery = z.object({
  ...ledgerChoice,
  accountIds: commaList(idField, accountIdsPerQueryMax)
    .optional()
    .openapi({
      type: "string",
      description: `Up to ${accountIdsPerQueryMax} account ids, separated by commas.`,
      example: "01980c1e-7e0c-8000-8000-400000000002",
    }),
  type: commaList(z.enum(accountTypeNames), accountTypeNames.length)
    .optional()
    .openapi({ type: "string", description: "Account types, separated by commas.", example: "bank,credit_card" }),
  asOf,
  knownAt: knownAtParameter.optional(),
  ...listQuery,
  sort: listQuery.sort.openapi({ description: "`code:asc` or `code:desc`.", example: "code:asc" }),
});
export type BalancesQuery = z.output<typeof BalancesQuery>;

const turnover = z.object({ debits: minorField, credits: minorField }).openapi("Turnover", {
  description:
    "Everything debited and credited so far. It only grows, and is an exact integer beyond 2^53 too: read it with a parser that keeps large integers.",
});

export const Balance = z
  .object({
    accountId: idField,
    code: z.string(),
    type: z.enum(accountTypeNames),
    currency: z.string(),
    normalSide: z.enum(["debit", "credit"]),
    posted: turnover,
    pending: turnover.optional().openapi({ description: "In holds; left out where asOf is given." }),
    balance: minorField.openapi({ description: "Posted, on the account's normal side." }),
    available: minorField.optional().openapi({ description: "The balance less what is pending to go out; left out where asOf is given." }),
    version: versionField.openapi({ description: "+1 per line posted." }),
    sequence: sequenceField.openapi({ description: "The ledger's last sequence that the answer includes." }),
    asOf: z.string().nullable(),
    knownAt: sequenceField.nullable(),
  })
  .openapi("Balance");

export const BalanceHistory = z
  .object({
    accountId: idField,
    currency: z.string(),
    interval: z.enum(intervals),
    startDate: z.string(),
    endDate: z.string(),
    knownAt: sequenceField.nullable(),
    data: z.array(
      z
        .object({ date: dateField, debits: minorField, credits: minorField, balance: minorField })
        .openapi("BalancePoint", { description: "Turnover and balance at the end of the day." }),
    ),
  })
  .openapi("BalanceHistory");

export const BalancePage = pageOf(Balance, "BalancePage");
