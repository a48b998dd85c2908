/**
 * The kinds of records by which a ledger is looked up, as the index is given them. The first two columns of each are its key.
 * How to add one: ../index/README.md.
 */
import { idempotencyLifeMs } from "../../../kernel/bounds.ts";
import type { RecordKinds } from "../index/record-kind.ts";

export const recordKinds = {
  /** place (account and day), item (sequence and line number), amount: an account's lines by date. */
  line: { columns: 3 },
  /** day, item, account, amount: the ledger's lines by date. */
  day: { columns: 4 },
  /** amount of the entry, sequence, day. */
  amount: { columns: 3 },
  /** hash of an external id, source or reference, sequence, day. */
  term: { columns: 3, hashed: true },
  /** cell (account and month), nothing, debits and credits in halves: from these sums balances at a date are made. */
  month: { columns: 6, sums: true },
  /** hash of an idempotency key, sequence of the last fact of its commit. */
  claim: { columns: 2, hashed: true, lifeMs: idempotencyLifeMs },
} as const satisfies RecordKinds<string>;

export type RunKind = keyof typeof recordKinds;
