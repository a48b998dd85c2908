import { z } from "@hono/zod-openapi";
import {
  amountField,
  dateField,
  externalIdField,
  idField,
  instantField,
  ledgerChoice,
  line,
  list,
  minorField,
  sequenceField,
  versionField,
} from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { linesPerEntryMax, linesPerEntryMin, reasonLengthMax } from "../../kernel/bounds.ts";
import { type HoldView, holdStatuses } from "../../ledger/rpc.ts";
import { entryFields, recordFields, recordLine } from "../journal/index.ts";

const groupField = idField.openapi({
  description:
    "Holds of one group, in several ledgers, are settled or released together by whoever placed them: they have no end of their own.",
});

const { replaces: _replaces, ...holdFields } = entryFields;

export const HoldRequest = z
  .strictObject({
    ...ledgerChoice,
    ...holdFields,
    groupId: groupField.optional(),
    expiresAt: z.iso
      .datetime({ offset: true })
      .optional()
      .openapi({ description: "From this instant on the hold is over by itself.", example: "2036-06-15T09:30:00Z" }),
  })
  .refine((request) => request.groupId === undefined || request.expiresAt === undefined, {
    path: ["expiresAt"],
    message: "A hold of a group has no end of its own.",
  })
  .openapi("HoldRequest");
export type HoldRequest = z.output<typeof HoldRequest>;

export const SettleHoldRequest = z
  .strictObject({
    date: dateField
      .optional()
      .openapi({ description: "The entry's date; by default the hold's. A hold of a group has no other.", example: "2026-06-10" }),
    lines: list(
      z.strictObject({
        no: z.int().min(1).max(linesPerEntryMax).openapi({ format: "int32", description: "The line of the hold, from 1." }),
        amount: amountField.openapi({ description: "What is taken of it, at most what it keeps.", example: 3000 }),
      }),
      linesPerEntryMin,
      linesPerEntryMax,
    )
      .optional()
      .openapi({ description: "What is taken of each line; lines that are left out are released. By default all of every line." }),
  })
  .openapi("SettleHoldRequest");
export type SettleHoldRequest = z.output<typeof SettleHoldRequest>;

export const ReleaseHoldRequest = z.strictObject({ reason: line(reasonLengthMax).optional() }).openapi("ReleaseHoldRequest");
export type ReleaseHoldRequest = z.output<typeof ReleaseHoldRequest>;

export const holdSorts = ["sequence", "createdAt", "date"] as const;

export const HoldsQuery = z.object({
  ...ledgerChoice,
  status: z.enum(holdStatuses).optional(),
  accountId: idField.optional().openapi({ description: "Holds with a line on the account." }),
  groupId: idField.optional(),
  externalId: externalIdField.optional().openapi({ example: "auth-4417" }),
  startDate: dateField.optional().openapi({ description: "Dated on or after this day." }),
  endDate: dateField.optional().openapi({ description: "Dated on or before this day.", example: "2026-06-30" }),
  ...listQuery,
});
export type HoldsQuery = z.output<typeof HoldsQuery>;

export const Hold = z
  .object({
    id: idField,
    status: z.enum(holdStatuses),
    sequence: sequenceField.openapi({ description: "Its place in the ledger's log." }),
    ...recordFields,
    groupId: groupField.nullable(),
    expiresAt: instantField.nullable(),
    resolvedAt: instantField.nullable().openapi({ description: "When it was settled, released or expired." }),
    entryId: idField.nullable().openapi({ description: "The entry that settled it." }),
    reason: z.string().nullable().openapi({ description: "Why it was released." }),
    lines: z.array(
      z
        .object({
          ...recordLine,
          availableAfter: minorField.openapi({ description: "What is available on the account after the line, on its normal side." }),
          accountVersion: versionField,
        } satisfies Record<keyof HoldView["lines"][number], z.ZodType>)
        .openapi("HoldLine"),
    ),
    seal: z.string().openapi({ description: "The head seal of the commit that placed it." }),
  } satisfies Record<keyof HoldView, z.ZodType>)
  .openapi("Hold");
export const HoldPage = pageOf(Hold, "HoldPage");
