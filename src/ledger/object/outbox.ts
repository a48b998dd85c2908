import { instant } from "../../kernel/clock.ts";
import type { LedgerFactsMessage } from "../facts-message.ts";
import type { AccountView, Head } from "../rpc.ts";
import { accountView } from "./answers/views.ts";
import { readMeta, writeMeta } from "./log/meta.ts";
import type { Books } from "./state/books.ts";
import type { StoredState } from "./state/stored-state.ts";

/** How soon the catalogue is sent an account that has changed. */
export const accountsDelayMs = 5_000;
/** How often it is sent the head when nothing else has changed. */
export const headDelayMs = 86_400_000;
/** What one turn may spend on messages before the rest waits for the next. */
const deadlineMs = 10_000;
/** A message of the platform's queues holds 128 KB; an account's view takes less than 3 KB. */
const accountsPerMessage = 30;
const accountsPerBatch = 300;

interface OutboxBatch {
  readonly messages: readonly LedgerFactsMessage[];
  readonly accountsTo: number;
  readonly headAt: number | undefined;
  readonly headSequence: number;
}

/** When there is something to send: accounts at once, a head that was not sent a day after the last one. Undefined where there is nothing. */
export function outboxDueAtMs({ sql, head }: Books): number | undefined {
  const cursor = readMeta<number>(sql, "outbox_accounts") ?? 0;
  const waiting = sql.exec("SELECT 1 FROM account WHERE revision > ? LIMIT 1", cursor).toArray().length > 0;
  return waiting ? 0 : headDueAtMs(sql, head);
}

/** Earlier builds did not store which head was sent: it is sent once more. */
function headDueAtMs(sql: SqlStorage, head: Head): number | undefined {
  if (head.sequence === 0 || readMeta<number>(sql, "outbox_head") === head.sequence) return undefined;
  return (readMeta<number>(sql, "outbox_head_at") ?? 0) + headDelayMs;
}

/** Sends the catalogue what changed since it was last sent. The log is the outbox: a cursor says how far it was read. */
export async function sendOutbox(books: Books, queue: Queue<LedgerFactsMessage>): Promise<void> {
  const until = Date.now() + deadlineMs;
  for (;;) {
    const batch = nextOutboxMessages(books.sql, books.state, books.head);
    if (batch === undefined) return;
    for (const message of batch.messages) await queue.send(message);
    rememberSent(books.sql, batch);
    if (Date.now() > until) return;
  }
}

/** What the catalogue has not been sent yet: accounts changed since the cursor, and once a day the head, by which a cut-off log is found out. */
function nextOutboxMessages(sql: SqlStorage, state: StoredState, head: Head): OutboxBatch | undefined {
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
  const headDue = (headDueAtMs(sql, head) ?? Number.POSITIVE_INFINITY) <= nowMs;
  if (headDue) messages.push({ kind: "head", ledgerNumber, siteId, sequence: head.sequence, seal: head.seal, at: instant(nowMs) });
  if (messages.length === 0) return undefined;
  return { messages, accountsTo: rows.at(-1)?.revision ?? cursor, headAt: headDue ? nowMs : undefined, headSequence: head.sequence };
}

/** After they were sent: a message may come twice, never not at all. */
function rememberSent(sql: SqlStorage, batch: OutboxBatch): void {
  writeMeta(sql, "outbox_accounts", batch.accountsTo);
  if (batch.headAt === undefined) return;
  writeMeta(sql, "outbox_head_at", batch.headAt);
  writeMeta(sql, "outbox_head", batch.headSequence);
}
