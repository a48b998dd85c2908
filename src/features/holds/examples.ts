import type { z } from "@hono/zod-openapi";
import { entryExample } from "../journal/index.ts";
import type { Hold, HoldGroup } from "./schemas.ts";

export const holdRequestExample = {
  date: "2026-06-08",
  description: "Card authorization 4417",
  externalId: "auth-4417",
  expiresAt: "2036-06-15T09:30:00Z",
  lines: [
    { accountCode: "6100", side: "debit", amount: 5000 },
    { accountCode: "1010", side: "credit", amount: 5000 },
  ],
} as const;

const expense = { accountId: "01980c1e-7e0c-8000-8000-40000000000b", accountCode: "6100" };
const bank = { accountId: "01980c1e-7e0c-8000-8000-400000000002", accountCode: "1010" };

export const holdExample = {
  id: "01980c1e-7e0c-8000-8000-420000000011",
  status: "open",
  sequence: 17,
  createdAt: "2026-06-08T09:30:00.000Z",
  date: "2026-06-08",
  description: "Card authorization 4417",
  reference: null,
  externalId: "auth-4417",
  metadata: {},
  ledgerId: entryExample.ledgerId,
  currency: "USD",
  source: { type: "api", id: null },
  actor: { kind: "service", id: entryExample.actor.id },
  requestId: entryExample.requestId,
  module: "journal",
  groupId: null,
  expiresAt: "2036-06-15T09:30:00.000Z",
  resolvedAt: null,
  entryId: null,
  reason: null,
  lines: [
    {
      no: 1,
      ...expense,
      side: "debit",
      amount: 5000,
      memo: null,
      contactId: null,
      availableAfter: 0,
      accountVersion: 1,
    },
    {
      no: 2,
      ...bank,
      side: "credit",
      amount: 5000,
      memo: null,
      contactId: null,
      availableAfter: 1295000,
      accountVersion: 17,
    },
  ],
  seal: entryExample.seal,
} satisfies z.input<typeof Hold>;

export const settlementExample = {
  ...entryExample,
  externalId: "auth-4417",
  description: "Card authorization 4417",
  holdId: holdExample.id,
};

export const releasedExample = {
  ...holdExample,
  status: "released",
  resolvedAt: "2026-06-09T10:00:00.000Z",
  reason: "Cancelled by the merchant",
} satisfies z.input<typeof Hold>;

const groupId = "01980c1e-7e0c-7abc-9def-0123456789ff";

const holdOfGroup = {
  holdId: holdExample.id,
  ledgerId: entryExample.ledgerId,
  entityId: "01980c1e-7e0c-7abc-9def-0123456789ab",
  currency: "USD",
  status: "open",
  entryId: null,
} as const;

export const openGroupExample = {
  groupId,
  state: "open",
  decision: null,
  decidedBy: null,
  decidedAt: null,
  reason: null,
  holds: [holdOfGroup],
} satisfies z.input<typeof HoldGroup>;

const decided = { decidedBy: holdExample.actor, decidedAt: "2026-06-09T10:00:00.000Z" } as const;

export const settledGroupExample = {
  ...openGroupExample,
  ...decided,
  state: "settled",
  decision: "settle",
  holds: [{ ...holdOfGroup, status: "settled", entryId: entryExample.id }],
} satisfies z.input<typeof HoldGroup>;

export const releasedGroupExample = {
  ...openGroupExample,
  ...decided,
  state: "released",
  decision: "release",
  reason: "Cancelled by the merchant",
  holds: [{ ...holdOfGroup, status: "released" }],
} satisfies z.input<typeof HoldGroup>;
