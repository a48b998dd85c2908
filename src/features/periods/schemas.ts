import { z } from "@hono/zod-openapi";
import { ErrorEnvelope } from "../../http/errors.ts";
import { countField, dateField, idField, line } from "../../http/fields.ts";
import { reasonLengthMax } from "../../kernel/bounds.ts";
import { modules } from "../../ledger/rpc.ts";
import { SharedPending } from "../ledgers/index.ts";

const module = z.enum(modules).openapi("Module", { description: "The part of the API that posts, or all of it." });

export const PeriodLockRequest = z
  .strictObject({
    entityId: idField.optional(),
    startDate: dateField.openapi({ description: "First day of the period." }),
    endDate: dateField.openapi({ description: "Last day of the period." }),
    module: module.default("all"),
    level: z.enum(["open", "soft", "hard"]).openapi({
      description:
        "`soft`: ADMIN and above may still post, and the entry is flagged. `hard`: nobody. `open`: no lock; lifting a hard one takes ADMIN and a reason.",
    }),
    reason: line(reasonLengthMax).optional(),
  })
  .refine((request) => request.startDate <= request.endDate, { path: ["endDate"], message: "The period ends on or after its start." })
  .openapi("PeriodLockRequest");
export type PeriodLockRequest = z.output<typeof PeriodLockRequest>;

export const PeriodLock = z
  .object({ startDate: dateField, endDate: dateField, module, level: z.enum(["soft", "hard"]), reason: z.string().nullable() })
  .openapi("PeriodLock");
export type PeriodLock = z.input<typeof PeriodLock>;

const ledgerLocks = { ledgerId: idField, currency: z.string(), locks: z.array(PeriodLock) };

export const PeriodLocks = z
  .object({
    entityId: idField,
    ledgers: z
      .array(z.object(ledgerLocks).openapi("LedgerLocks"))
      .openapi({ description: "All ledgers of the entity have the same locks: those that all of them hold." }),
    pending: SharedPending.optional(),
  })
  .openapi("PeriodLocks");
export type PeriodLocks = z.input<typeof PeriodLocks>;

export const PeriodLockOutcome = z
  .object({
    entityId: idField,
    ledgers: z.array(
      z
        .object({
          ledgerId: idField,
          currency: z.string(),
          outcome: z
            .enum(["applied", "pending"])
            .openapi({ description: "`pending`: the ledger does not hold the lock yet, for the reason in `error`; it is told again." }),
          locks: z.array(PeriodLock).optional().openapi({ description: "The ledger's locks after the change." }),
          openDrafts: countField
            .optional()
            .openapi({ description: "Drafts dated inside the period. They stay, and are refused when they are posted." }),
          openDraftIds: z.array(idField).optional().openapi({ description: "The first 50 of them." }),
          openHolds: countField.optional().openapi({ description: "Open holds dated inside the period." }),
          openHoldIds: z.array(idField).optional().openapi({ description: "The first 50 of them." }),
          error: ErrorEnvelope.shape.error.pick({ code: true, message: true, details: true }).optional(),
        })
        .openapi("LedgerLockOutcome"),
    ),
    pending: SharedPending.optional(),
  })
  .openapi("PeriodLockOutcome");
export type PeriodLockOutcome = z.input<typeof PeriodLockOutcome>;
