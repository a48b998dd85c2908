import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { type Route, route } from "../../http/route.ts";
import { pendingExample } from "../ledgers/index.ts";
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
        "The last word on a day and module counts: a new lock replaces what it covers and leaves the rest. It is set for all of the entity's ledgers or for none: where one of them cannot take it, the refusal names that ledger, and no other has it. It counts for a ledger from the moment that the ledger holds it.",
      permission: "periods:lock",
      entity: true,
      body: PeriodLockRequest,
      bodyExample: lockExample,
      answers: {
        200: {
          description: "Every ledger holds the lock.",
          schema: PeriodLockOutcome,
          example: {
            ...entityExample,
            ledgers: [{ ...ledgerExample, outcome: "applied", openDrafts: 0, openDraftIds: [], openHolds: 0, openHoldIds: [] }],
          },
        },
        202: {
          description:
            "The lock is set, and some ledgers do not hold it yet. They are told again by every read or change of the entity's locks, and by the clock; nothing needs to be repeated. `GET /period-locks` shows what all hold; a lock that such a ledger cannot take is taken back there.",
          schema: PeriodLockOutcome,
          example: {
            ...entityExample,
            ledgers: [
              { ...ledgerExample, outcome: "applied", openDrafts: 0, openDraftIds: [], openHolds: 0, openHoldIds: [] },
              {
                ledgerId: pendingExample.ledgers[0] ?? "",
                currency: "EUR",
                outcome: "pending",
                error: { code: "OVERLOADED", message: "The ledger does not answer at this moment; it is told again.", details: [] },
              },
            ],
            pending: pendingExample,
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
    (value) => answer(value, value.pending === undefined ? 200 : 202),
  ),
];
