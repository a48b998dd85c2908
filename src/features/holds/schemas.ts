import { z } from "@hono/zod-openapi";
import {
  amountField,
  dateField,
  externalIdField,
  idField,
  instantField,
  instantInput,
  ledgerChoice,
  line,
  list,
  minorField,
  principalField,
  sequenceField,
  versionField,
} from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { linesPerEntryMax, linesPerEntryMin, reasonLengthMax } from "../../kernel/bounds.ts";
import { groupOutcomes, type HoldView, holdStatuses } from "../../ledger/rpc.ts";
import { entryFields, recordFields, recordLine } from "../journal/index.ts";
import { groupStates } from "./domain/hold-group.ts";
import type { HoldGroupView } from "./hold-group-view.ts";

const groupField = idField.openapi({
  description:
    "Holds of one group, in several ledgers, are settled or released together (`/hold-groups/{groupId}`), by who placed them or an ADMIN: they have no end of their own.",
});

const { replaces: _replaces, ...holdFields } = entryFields;

export const HoldRequest = z
  .strictObject({
    ...ledgerChoice,
    ...holdFields,
    groupId: groupField.optional(),
    expiresAt: instantInput
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
    groupState: z.enum(groupStates).optional().openapi({
      description:
        "How far the hold's group has come, where the hold is read and has one. `settling` and `releasing`: it is decided, and not every ledger has carried it out.",
    }),
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
  } satisfies Record<keyof HoldView | "groupState", z.ZodType>)
  .openapi("Hold");
export const HoldPage = pageOf(Hold, "HoldPage");

export const HoldGroup = z
  .object({
    groupId: idField,
    state: z.enum(groupStates).openapi({
      description: "`open` until the group is decided; `settling` or `releasing` until each of its ledgers has carried the decision out.",
    }),
    decision: z.enum(groupOutcomes).nullable().openapi({ description: "Made once, for all of its holds." }),
    decidedBy: z.union([principalField, z.null()]),
    decidedAt: instantField.nullable(),
    reason: z.string().nullable().openapi({ description: "Why it was released." }),
    holds: z
      .array(
        z
          .object({
            holdId: idField,
            ledgerId: idField,
            entityId: idField,
            currency: z.string(),
            status: z.enum(holdStatuses),
            entryId: idField.nullable().openapi({ description: "The entry that settled it." }),
          })
          .openapi("HoldOfGroup"),
      )
      .openapi({ description: "Ledger after ledger, in each in the order in which they were placed." }),
  } satisfies Record<keyof HoldGroupView, z.ZodType>)
  .openapi("HoldGroup");

export const SettleHoldGroupRequest = z.strictObject({}).openapi("SettleHoldGroupRequest");
