import { z } from "@hono/zod-openapi";
import { dateField, idField, instantField, knownAtParameter, ledgerChoice } from "../../http/fields.ts";
import { accountTypeNames } from "../../kernel/account-type.ts";
import { trialBalanceColumns } from "./domain/trial-balance.ts";

const flag = z.enum(["true", "false"]).transform((text) => text === "true");

export const TrialBalanceQuery = z.object({
  ...ledgerChoice,
  asOf: dateField
    .optional()
    .openapi({ description: "The last day that counts; by default today in UTC. Its fiscal year is the report's.", example: "2026-06-30" }),
  knownAt: knownAtParameter.optional(),
  pnl: z.enum(["fiscalYear", "inception"]).default("fiscalYear").openapi({
    description:
      "`fiscalYear`: revenue and expense accounts start the fiscal year at zero. `inception`: they carry all that was ever posted.",
  }),
  includeZero: flag.default(false).openapi({ type: "boolean", description: "Also list accounts without figures." }),
});
export type TrialBalanceQuery = z.output<typeof TrialBalanceQuery>;

const cents = z.int().openapi({ description: "Minor units; an exact integer beyond 2^53 too." });

export const TrialBalanceReport = z
  .object({
    report: z.literal("trial-balance"),
    companyId: idField,
    ledgerId: idField,
    currency: z.string(),
    basis: z.literal("accrual"),
    asOf: dateField,
    period: z.object({ startDate: dateField, endDate: dateField }),
    fiscalYearStart: dateField,
    ledgerSequence: z.int().openapi({ description: "The sequence that the figures include: send it as knownAt to see them again." }),
    generatedAt: instantField,
    filters: z.object({ pnl: z.enum(["fiscalYear", "inception"]), includeZero: z.boolean(), knownAt: z.int().nullable() }),
    truncated: z.literal(false),
    columns: z.array(
      z.object({
        key: z.enum(trialBalanceColumns),
        kind: z.enum(["opening", "turnover", "closing"]),
        label: z.string(),
        startDate: dateField.optional(),
        endDate: dateField,
      }),
    ),
    sections: z.array(
      z.object({
        key: z.enum(["assets", "liabilities", "equity", "revenue", "expenses"]),
        label: z.string(),
        rows: z.array(
          z
            .object({
              kind: z.enum(["account", "computed"]),
              key: z.literal("priorYearsEarnings").optional().openapi({ description: "Of the computed row." }),
              accountId: idField.nullable(),
              code: z.string().nullable(),
              name: z.string(),
              type: z.enum(accountTypeNames),
              openingCents: cents.openapi({
                description: "At the start of the fiscal year, on the account's normal side; contra negative.",
              }),
              debitCents: cents,
              creditCents: cents,
              closingDebitCents: cents,
              closingCreditCents: cents,
            })
            .openapi("TrialBalanceRow"),
        ),
        totalCents: z.array(cents).openapi({ description: "One figure per column." }),
      }),
    ),
    totals: z.object({
      openingDebitCents: cents,
      openingCreditCents: cents,
      debitCents: cents,
      creditCents: cents,
      closingDebitCents: cents,
      closingCreditCents: cents,
      priorYearsEarnings: cents.openapi({
        description: "Profit (or loss, negative) of all years before this one, as the computed row shows it.",
      }),
      difference: cents.openapi({ description: "Closing debits less closing credits: always 0." }),
    }),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
  })
  .openapi("TrialBalanceReport");
