import type { z } from "@hono/zod-openapi";
import type { JournalEntry, JournalLine, Transfer } from "./schemas.ts";

const entryId = "01980c1e-7e0c-8000-8000-400000000012";
const expense = { accountId: "01980c1e-7e0c-8000-8000-40000000000b", accountCode: "6100" };
const bank = { accountId: "01980c1e-7e0c-8000-8000-400000000002", accountCode: "1010" };

export const entryRequestExample = {
  date: "2026-06-08",
  description: "Office supplies",
  reference: "office-depot-1001",
  externalId: "po-77",
  metadata: { store: "114" },
  lines: [
    { accountCode: "6100", side: "debit", amount: 4299 },
    { accountCode: "1010", side: "credit", amount: 4299, memo: "card 4417" },
  ],
} as const;

export const batchRequestExample = { mode: "atomic", entries: [entryRequestExample] } as const;

export const entryExample = {
  id: entryId,
  journalEntryId: entryId,
  status: "posted",
  sequence: 18,
  createdAt: "2026-06-08T09:30:00.000Z",
  date: "2026-06-08",
  description: "Office supplies",
  reference: "office-depot-1001",
  externalId: "po-77",
  metadata: { store: "114" },
  ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac",
  currency: "USD",
  source: { type: "api", id: null },
  actor: { kind: "service", id: "01980c1e-7e0c-7abc-9def-0123456789ad" },
  requestId: "req_01980c1e7e0c7abc9def0123456789ab",
  module: "journal",
  flagged: false,
  postingReference: null,
  reversalOf: null,
  reversedBy: null,
  reason: null,
  replaces: null,
  approval: null,
  holdId: null,
  lines: [
    { no: 1, ...expense, side: "debit", amount: 4299, memo: null, contactId: null, balanceAfter: 4299, accountVersion: 1 },
    { no: 2, ...bank, side: "credit", amount: 4299, memo: "card 4417", contactId: null, balanceAfter: 1295701, accountVersion: 17 },
  ],
  seal: "5f0c1b7f5ce1f2f0d0a1a4c3c0a6f1bb1c9d8e7f60514233241506f7e8d9cabb",
} satisfies z.input<typeof JournalEntry>;

export const headExample = { sequence: 18, seal: entryExample.seal };

export const reversalExample = {
  ...entryExample,
  id: "01980c1f-7e0c-8000-8000-400000000013",
  journalEntryId: "01980c1f-7e0c-8000-8000-400000000013",
  sequence: 19,
  externalId: null,
  reversalOf: entryId,
  reason: "Posted to the wrong account",
  lines: [
    { no: 1, ...expense, side: "credit", amount: 4299, memo: null, contactId: null, balanceAfter: 0, accountVersion: 2 },
    { no: 2, ...bank, side: "debit", amount: 4299, memo: "card 4417", contactId: null, balanceAfter: 1300000, accountVersion: 18 },
  ],
} satisfies z.input<typeof JournalEntry>;

const preparer = { kind: "person", id: "01980c1e-7e0c-7abc-9def-0123456789ae" } as const;
const preparedBy = [{ ...preparer, humans: [preparer.id], independent: false }];
const approver = { kind: "person", id: "01980c1e-7e0c-7abc-9def-0123456789af" } as const;

/** The entry as it waits for its approval. */
export const pendingExample = {
  ...entryExample,
  status: "pending_approval",
  sequence: 17,
  actor: preparer,
  approval: { version: 2, preparedBy, approvedBy: null, reason: null },
  lines: entryExample.lines.map((line) => ({ ...line, balanceAfter: null, accountVersion: null })),
  seal: null,
} satisfies z.input<typeof JournalEntry>;

export const pendingReversalExample = {
  ...reversalExample,
  status: "pending_approval",
  actor: preparer,
  approval: { version: 1, preparedBy, approvedBy: null, reason: null },
  lines: reversalExample.lines.map((line) => ({ ...line, balanceAfter: null, accountVersion: null })),
  seal: null,
} satisfies z.input<typeof JournalEntry>;

export const draftExample = {
  ...pendingExample,
  status: "draft",
  approval: { ...pendingExample.approval, version: 1 },
} satisfies z.input<typeof JournalEntry>;

export const approvedExample = {
  ...entryExample,
  approval: { ...pendingExample.approval, approvedBy: { ...approver, humans: [approver.id], credentialSetBy: null } },
} satisfies z.input<typeof JournalEntry>;

export const lineExample = {
  no: 2,
  ...bank,
  side: "credit",
  amount: 4299,
  memo: "card 4417",
  contactId: null,
  balanceAfter: 1295701,
  accountVersion: 17,
  journalEntryId: entryId,
  sequence: 18,
  date: "2026-06-08",
  description: "Office supplies",
  reference: "office-depot-1001",
  createdAt: "2026-06-08T09:30:00.000Z",
} satisfies z.input<typeof JournalLine>;

export const transferExample = {
  id: entryId,
  status: "posted",
  sequence: 18,
  createdAt: "2026-06-08T09:30:00.000Z",
  date: "2026-06-08",
  amount: 4299,
  description: "Office supplies",
  reference: "office-depot-1001",
  externalId: "po-77",
  metadata: { store: "114" },
  ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac",
  currency: "USD",
  debits: [{ ...expense, amount: 4299, memo: null }],
  credits: [{ ...bank, amount: 4299, memo: "card 4417" }],
  event: null,
} satisfies z.input<typeof Transfer>;
