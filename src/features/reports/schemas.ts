import { z } from "@hono/zod-openapi";
import {
  countField,
  dateField,
  idField,
  instantField,
  knownAtParameter,
  ledgerChoice,
  minorField,
  sequenceField,
} from "../../http/fields.ts";
import { listQuery } from "../../http/page-query.ts";
import { accountTypeNames } from "../../kernel/account-type.ts";
import { reportFileLinesMax } from "../../kernel/bounds.ts";
import type { ListQuery } from "../../operation/page.ts";
import { balanceSheetSections, balanceSheetTotals } from "./domain/balance-sheet.ts";
import { profitAndLossSections, profitAndLossTotals } from "./domain/profit-and-loss.ts";
import { trialBalanceColumns } from "./domain/trial-balance.ts";

const flag = z.enum(["true", "false"]).transform((text) => text === "true");
/** How a report is answered. */
const format = z.enum(["json", "csv"]).default("json").openapi({ description: "`csv`: a file for a spreadsheet, amounts in minor units." });

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
  format,
});
export type TrialBalanceQuery = z.output<typeof TrialBalanceQuery>;

const cents = minorField.openapi({ description: "Minor units; an exact integer beyond 2^53 too." });

export const ProfitAndLossQuery = z.object({
  ...ledgerChoice,
  startDate: dateField
    .optional()
    .openapi({ description: "The first day; by default that of the fiscal year that holds endDate.", example: "2026-01-01" }),
  endDate: dateField.optional().openapi({ description: "The last day; by default today in UTC.", example: "2026-06-30" }),
  columns: z.enum(["total", "month", "quarter", "year"]).default("total").openapi({
    description:
      "`total`: the period as one. `month`, `quarter`, `year`: a column for each that the period touches, cut to it, and their total; quarters and years are those of the fiscal year.",
  }),
  compare: z.enum(["previousPeriod", "previousYear"]).optional().openapi({
    description:
      "`previousPeriod`: a second column, of as many whole months before, or as many days where the period is not of whole months; with columns=total. `previousYear`: a second column for each, a year earlier.",
  }),
  knownAt: knownAtParameter.optional(),
  includeZero: flag.default(false).openapi({ type: "boolean", description: "Also list accounts without figures." }),
  format,
});
export type ProfitAndLossQuery = z.output<typeof ProfitAndLossQuery>;

export const BalanceSheetQuery = z.object({
  ...ledgerChoice,
  asOf: dateField.optional().openapi({ description: "The last day that counts; by default today in UTC.", example: "2026-06-30" }),
  startDate: dateField.optional().openapi({
    description:
      "With columns=month, quarter or year the day from which they are, with compare=previousPeriod the first of the period; by default the first of the fiscal year that holds asOf.",
    example: "2026-01-01",
  }),
  columns: z.enum(["total", "month", "quarter", "year"]).default("total").openapi({
    description:
      "`total`: asOf alone. `month`, `quarter`, `year`: a column for the last day of each, the last for asOf; quarters and years are those of the fiscal year.",
  }),
  compare: z.enum(["previousPeriod", "previousYear"]).optional().openapi({
    description:
      "`previousPeriod`: a second column, of the day before startDate, by default the end of the last fiscal year; with columns=total. `previousYear`: a second column for each, a year earlier.",
  }),
  knownAt: knownAtParameter.optional(),
  includeZero: flag.default(false).openapi({ type: "boolean", description: "Also list accounts without figures." }),
  format,
});
export type BalanceSheetQuery = z.output<typeof BalanceSheetQuery>;

export const GeneralLedgerQuery = z.object({
  ...ledgerChoice,
  startDate: dateField
    .optional()
    .openapi({ description: "The first day; by default that of the fiscal year that holds endDate.", example: "2026-01-01" }),
  endDate: dateField.optional().openapi({ description: "The last day; by default today in UTC.", example: "2026-06-30" }),
  accountId: idField.optional().openapi({ description: "Only this account." }),
  pnl: z.enum(["fiscalYear", "inception"]).default("fiscalYear").openapi({
    description:
      "`fiscalYear`: revenue and expense accounts open with what was posted since the first day of the fiscal year that holds startDate. `inception`: with all that was ever posted.",
  }),
  knownAt: knownAtParameter.optional(),
  includeZero: flag.default(false).openapi({ type: "boolean", description: "Also list accounts without lines and balance." }),
  format: format.openapi({
    description: `\`csv\`: a file for a spreadsheet, amounts in minor units. It is whole, of up to ${reportFileLinesMax} lines, or refused, and takes neither limit nor cursor.`,
  }),
  limit: listQuery.limit.openapi({ description: "How many lines a page holds; an account without lines counts as one." }),
  pageSize: listQuery.pageSize,
  cursor: listQuery.cursor,
});
export type GeneralLedgerQuery = z.output<typeof GeneralLedgerQuery>;
/** The part of it that decides what the report contains. */
export type GeneralLedgerFilter = Omit<GeneralLedgerQuery, keyof ListQuery>;

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
    ledgerSequence: sequenceField.openapi({ description: "The sequence that the figures include: send it as knownAt to see them again." }),
    generatedAt: instantField,
    filters: z.object({ pnl: z.enum(["fiscalYear", "inception"]), includeZero: z.boolean(), knownAt: sequenceField.nullable() }),
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

const amounts = z.array(cents).openapi({ description: "One figure per column, on the section's normal side; contra negative." });

const StatementRow = z
  .object({
    kind: z.literal("account"),
    accountId: idField,
    code: z.string(),
    name: z.string(),
    parentId: idField.nullable(),
    depth: countField.openapi({ description: "0 at the top of the section; under each account follow those below it." }),
    amountsCents: amounts.openapi({ description: "Of the account alone." }),
    rollupCents: amounts.openapi({ description: "With all accounts under it: add one or the other, never both." }),
  })
  .openapi("StatementRow");

export const ProfitAndLossReport = z
  .object({
    report: z.literal("profit-and-loss"),
    companyId: idField,
    ledgerId: idField,
    currency: z.string(),
    basis: z.literal("accrual"),
    period: z.object({ startDate: dateField, endDate: dateField }),
    fiscalYearStart: dateField,
    ledgerSequence: sequenceField.openapi({ description: "The sequence that the figures include: send it as knownAt to see them again." }),
    generatedAt: instantField,
    filters: z.object({
      columns: z.enum(["total", "month", "quarter", "year"]),
      compare: z.enum(["previousPeriod", "previousYear"]).nullable(),
      includeZero: z.boolean(),
      knownAt: sequenceField.nullable(),
    }),
    truncated: z.literal(false),
    columns: z.array(
      z
        .object({
          key: z.string(),
          kind: z.enum(["period", "previousPeriod", "previousYear", "total"]),
          startDate: dateField,
          endDate: dateField,
        })
        .openapi("ReportColumn"),
    ),
    sections: z.array(
      z.object({
        key: z.enum(profitAndLossSections),
        label: z.string(),
        rows: z.array(StatementRow),
        totalCents: amounts,
      }),
    ),
    totals: z.object(
      Object.fromEntries(profitAndLossTotals.map((name) => [name, amounts])) as Record<
        (typeof profitAndLossTotals)[number],
        typeof amounts
      >,
    ),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
  })
  .openapi("ProfitAndLossReport");

export const BalanceSheetReport = z
  .object({
    report: z.literal("balance-sheet"),
    companyId: idField,
    ledgerId: idField,
    currency: z.string(),
    basis: z.literal("accrual"),
    asOf: dateField,
    fiscalYearStart: dateField,
    ledgerSequence: sequenceField.openapi({ description: "The sequence that the figures include: send it as knownAt to see them again." }),
    generatedAt: instantField,
    filters: z.object({
      startDate: dateField.nullable(),
      columns: z.enum(["total", "month", "quarter", "year"]),
      compare: z.enum(["previousPeriod", "previousYear"]).nullable(),
      includeZero: z.boolean(),
      knownAt: sequenceField.nullable(),
    }),
    truncated: z.literal(false),
    columns: z.array(
      z
        .object({ key: z.string(), kind: z.enum(["asOf", "previousPeriod", "previousYear"]), asOf: dateField })
        .openapi("BalanceSheetColumn"),
    ),
    sections: z.array(
      z.object({
        key: z.enum(balanceSheetSections),
        label: z.string(),
        rows: z.array(
          z.discriminatedUnion("kind", [
            StatementRow,
            z
              .object({
                kind: z.literal("computed"),
                key: z.enum(["retainedEarningsPrior", "netIncome"]),
                accountId: z.null(),
                code: z.null(),
                name: z.string(),
                parentId: z.null(),
                depth: z.literal(0).openapi({ type: "integer", format: "int32" }),
                amountsCents: amounts,
                rollupCents: amounts,
              })
              .openapi("ComputedRow"),
          ]),
        ),
        totalCents: amounts,
      }),
    ),
    totals: z.object(
      Object.fromEntries(balanceSheetTotals.map((name) => [name, amounts])) as Record<(typeof balanceSheetTotals)[number], typeof amounts>,
    ),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
  })
  .openapi("BalanceSheetReport");

const GeneralLedgerLine = z
  .object({
    journalEntryId: idField,
    lineNo: countField,
    date: dateField,
    sequence: sequenceField,
    description: z.string().nullable(),
    reference: z.string().nullable(),
    memo: z.string().nullable(),
    contactId: idField.nullable(),
    counterAccountIds: z.array(idField).openapi({ description: "The accounts on the entry's other side." }),
    debitCents: cents,
    creditCents: cents,
    balanceCents: cents.openapi({ description: "After the line, on the account's normal side; contra negative." }),
    voided: z.boolean().openapi({ description: "Of an entry that was voided, or of the one that voids it: the two cancel out." }),
    source: z.object({ type: z.string(), id: z.string().nullable(), step: z.string().optional() }),
  })
  .openapi("GeneralLedgerLine");

export const GeneralLedgerReport = z
  .object({
    report: z.literal("general-ledger"),
    companyId: idField,
    ledgerId: idField,
    currency: z.string(),
    basis: z.literal("accrual"),
    period: z.object({ startDate: dateField, endDate: dateField }),
    fiscalYearStart: dateField.openapi({ description: "Of the fiscal year that holds startDate." }),
    ledgerSequence: sequenceField.openapi({
      description: "The sequence that the figures include, on all pages that follow from one cursor: send it as knownAt to see them again.",
    }),
    generatedAt: instantField,
    filters: z.object({
      accountId: idField.nullable(),
      pnl: z.enum(["fiscalYear", "inception"]),
      includeZero: z.boolean(),
      knownAt: sequenceField.nullable(),
    }),
    truncated: z.literal(false),
    accounts: z.array(
      z
        .object({
          kind: z.enum(["account", "computed"]),
          key: z.literal("priorYearsEarnings").optional().openapi({ description: "Of the computed row, which ends the report." }),
          accountId: idField.nullable(),
          code: z.string().nullable(),
          name: z.string(),
          type: z.enum(accountTypeNames),
          continued: z.boolean().openapi({ description: "Its lines began on an earlier page." }),
          continues: z.boolean().openapi({ description: "Its lines go on on the next page." }),
          openingBalanceCents: cents.openapi({ description: "Before startDate, on the account's normal side; contra negative." }),
          lines: z.array(GeneralLedgerLine).openapi({ description: "By date, sequence and lineNo." }),
          totalDebitCents: cents.openapi({ description: "Of the whole period, whatever of it is on this page." }),
          totalCreditCents: cents.openapi({ description: "Of the whole period, whatever of it is on this page." }),
          closingBalanceCents: cents.openapi({ description: "On endDate: the opening balance and the totals." }),
        })
        .openapi("GeneralLedgerAccount"),
    ),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
    totalCount: countField.openapi({ description: `Lines on all pages together, up to ${reportFileLinesMax}.` }),
    totalCountCapped: z.literal(true).optional().openapi({ description: "There are more than `totalCount`." }),
    hasMore: z.boolean(),
    nextCursor: z.string().nullable(),
  })
  .openapi("GeneralLedgerReport");
