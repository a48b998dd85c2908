import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { type Route, route } from "../../http/route.ts";
import { listPeriodLocks } from "./list-period-locks.ts";
import { PeriodLockOutcome, PeriodLockRequest, PeriodLocks } from "./schemas.ts";
import { setPeriodLock } from "./set-period-lock.ts";

const lockExample = {
  startDate: "2026-01-01",
  endDate: "2026-03-31",
  module: "all",
  level: "soft",
  reason: "First quarter reported",
} as const;
const ledgerExample = { ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac", currency: "USD", locks: [lockExample] };
const entityExample = { entityId: "01980c1e-7e0c-7abc-9def-0123456789ab" };

export const periodRoutes: readonly Route[] = [
  route(
    {
      operationId: "listPeriodLocks",
      method: "get",
      path: "/period-locks",
      tag: "Periods",
      summary: "List the period locks of an entity's books, per ledger",
      permission: "read",
      entity: true,
      query: z.object({ entityId: idField.optional() }),
      answers: { 200: { description: "The locks.", schema: PeriodLocks, example: { ...entityExample, ledgers: [ledgerExample] } } },
    },
    (context, { entityId }) => listPeriodLocks(context, entityId),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "setPeriodLock",
      method: "put",
      path: "/period-locks",
      tag: "Periods",
      summary: "Lock or unlock a period of an entity's books, for all modules or one",
      description:
        "The last word on a day and module counts: a new lock replaces what it covers and leaves the rest. It is applied to each of the entity's ledgers and answered per ledger; where all refuse, the refusal is the answer.",
      permission: "periods:lock",
      entity: true,
      body: PeriodLockRequest,
      bodyExample: lockExample,
      answers: {
        200: {
          description: "What each ledger says.",
          schema: PeriodLockOutcome,
          example: {
            ...entityExample,
            ledgers: [{ ...ledgerExample, outcome: "applied", openDrafts: 0, openDraftIds: [], openHolds: 0, openHoldIds: [] }],
          },
        },
      },
      refusals: [
        "LOCK_NOT_LIFTED",
        "IN_USE",
        "LEDGER_FROZEN",
        "LEDGER_RETIRED",
        "LEDGER_CLOSING_OUT",
        "LEDGER_NEWER",
        "CLOCK",
        "OVERLOADED",
      ],
    },
    (context, { body, entityId }) => setPeriodLock(context, entityId, body),
    (value) => answer(value),
  ),
];
