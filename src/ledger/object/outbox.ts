import { instant } from "../../kernel/clock.ts";
import type { LedgerFactsMessage } from "../facts-message.ts";
import type { AccountView, Head } from "../rpc.ts";
import { accountView } from "./answers/views.ts";
import { readMeta, writeMeta } from "./log/meta.ts";
import type { StoredState } from "./state/stored-state.ts";

const dayMs = 86_400_000;
/** A message of the platform's queues holds 128 KB; an account's view takes less than 3 KB. */
const accountsPerMessage = 30;
const accountsPerBatch = 300;

export interface OutboxBatch {
  readonly messages: readonly LedgerFactsMessage[];
  readonly accountsTo: number;
  readonly headAt: number | undefined;
}

/** What the catalogue has not been told yet: accounts changed since the cursor, and once a day the head, by which a cut-off log is found out. */
export function nextOutboxMessages(sql: SqlStorage, state: StoredState, head: Head): OutboxBatch | undefined {
  const { number: ledgerNumber, siteId } = state.identity;
  const cursor = readMeta<number>(sql, "outbox_accounts") ?? 0;
  const rows = sql
    .exec<{ no: number; revision: number }>(
      "SELECT no, revision FROM account WHERE revision > ? ORDER BY revision LIMIT ?",
      cursor,
      accountsPerBatch,
    )
    .toArray();
  const views: AccountView[] = [];
  for (const row of rows) {
    const account = state.account(row.no);
    if (account) views.push(accountView(state.identity, account));
  }
  const messages: LedgerFactsMessage[] = [];
  for (let i = 0; i < views.length; i += accountsPerMessage) {
    messages.push({ kind: "accounts_changed", ledgerNumber, siteId, accounts: views.slice(i, i + accountsPerMessage) });
  }
  const nowMs = Date.now();
  const sentAt = readMeta<number>(sql, "outbox_head_at") ?? 0;
  const headDue = nowMs - sentAt >= dayMs && head.sequence > 0;
  if (headDue) messages.push({ kind: "head", ledgerNumber, siteId, sequence: head.sequence, seal: head.seal, at: instant(nowMs) });
  if (messages.length === 0) return undefined;
  return { messages, accountsTo: rows.at(-1)?.revision ?? cursor, headAt: headDue ? nowMs : undefined };
}

/** Remembered after they were sent: a message may come twice, never not at all. */
export function rememberSent(sql: SqlStorage, batch: OutboxBatch): void {
  writeMeta(sql, "outbox_accounts", batch.accountsTo);
  if (batch.headAt !== undefined) writeMeta(sql, "outbox_head_at", batch.headAt);
}
