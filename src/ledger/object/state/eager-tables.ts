import { present } from "../../../kernel/assert.ts";
import { dayOf } from "../../../kernel/calendar-date.ts";
import type { AccountTerms } from "../../domain/account.ts";
import { heldBy, openedAccount } from "../../domain/apply.ts";
import type { Draft } from "../../domain/draft.ts";
import { type CarriedAccount, type EarlierRow, entryAmount, type Fact, type HoldLine, type HoldPlaced } from "../../domain/fact.ts";
import type { Overlay } from "../../domain/overlay.ts";
import { type SharedHeld, sourceText } from "../../domain/state.ts";
import { readMeta, writeMeta } from "../log/meta.ts";

/** Whether the facts are an entry for which nothing is written beside its row in the journal. */
export function isOneRow(facts: readonly Fact[]): boolean {
  const [fact, another] = facts;
  return another === undefined && fact?.kind === "entry_posted" && fact.reversalOf === null && fact.draftId === null && fact.hold === null;
}

/**
 * What is written in the same transaction as its facts, because it is rare and asked for at once: accounts, reversals, posting references, locks, drafts, holds.
 * In the order of the facts, each as it stood then: a code that one account gave up is free for the next only after it did.
 */
export function writeEagerTables(sql: SqlStorage, overlay: Overlay): void {
  let opened: string[] = [];
  overlay.facts.forEach((fact, i) => {
    const sequence = overlay.firstSequence + i;
    if (fact.kind === "account_opened") {
      const account = openedAccount(overlay, fact, sequence, overlay.atMs);
      opened.push(accountRow(account, []));
    } else if (fact.kind === "account_changed") {
      insertOpened(sql, opened);
      opened = [];
      sql.exec(
        "UPDATE account SET code = ?, external_id = ?, type = ?, description = ?, min_balance = ?, max_balance = ?, status = ?, revision = ?, former_codes = ? WHERE no = ?",
        fact.code,
        fact.externalId,
        fact.type,
        JSON.stringify(fact.description),
        fact.minBalance,
        fact.maxBalance,
        fact.status,
        sequence,
        JSON.stringify(overlay.account(fact.account)?.formerCodes ?? []),
        fact.account,
      );
    } else if (fact.kind === "entry_posted" && fact.reversalOf !== null) {
      sql.exec("INSERT INTO reversal VALUES (?, ?, ?)", fact.reversalOf, sequence, fact.void ? 1 : 0);
    } else if (fact.kind === "posting_reference_set") {
      sql.exec("INSERT INTO posting_reference VALUES (?, ?, ?)", fact.entry, sequence, fact.postingReference);
    } else if (fact.kind === "period_locked") {
      addLockFact(sql, sequence);
    } else if (fact.kind === "approval_policy_set") {
      writeMeta(sql, "approval_policy", fact.policy);
    } else if (fact.kind === "shared_record_set") {
      addLockFact(sql, sequence);
      writeMeta(sql, "approval_policy", overlay.policy);
      writeMeta(sql, "shared_record", { revision: fact.revision, sequence } satisfies SharedHeld);
    } else if (fact.kind === "ledger_frozen" || fact.kind === "ledger_thawed" || fact.kind === "ledger_retired") {
      writeMeta(sql, "standing", overlay.standing);
    } else if (fact.kind === "hold_placed") {
      insertHold(sql, fact, sequence, overlay.atMs);
    } else storeCarried(sql, fact, sequence, overlay);
  });
  insertOpened(sql, opened);
  for (const draft of overlay.drafts.values()) storeDraft(sql, draft, overlay.atMs, overlay.firstSequence);
  for (const { no, status, resolved } of overlay.holds.values())
    if (resolved !== null) sql.exec("UPDATE hold SET status = ?, resolved = ? WHERE no = ?", status, resolved, no);
  if (overlay.holds.size > 0) storePending(sql, overlay);
  storeChildren(sql, overlay);
}

/** How many accounts stand below each, where the write has changed that. */
function storeChildren(sql: SqlStorage, { accounts, base, facts, firstSequence }: Overlay): void {
  if (!facts.some(({ kind }) => kind === "account_opened" || kind === "account_changed")) return;
  const changed: (readonly [no: number, children: number])[] = [];
  for (const { no, children } of accounts.values()) {
    // One that the write itself has opened began with none.
    const before = no < firstSequence ? (base.account(no)?.children ?? 0) : 0;
    if (children !== before) changed.push([no, children]);
  }
  for (let i = 0; i < changed.length; i += 5_000)
    sql.exec(
      "UPDATE account SET children = changed.n FROM (SELECT value ->> 0 AS no, value ->> 1 AS n FROM json_each(?)) AS changed WHERE account.no = changed.no",
      JSON.stringify(changed.slice(i, i + 5_000)),
    );
}

/** Notes a fact that the locks are folded from. */
function addLockFact(sql: SqlStorage, sequence: number): void {
  writeMeta(sql, "lock_facts", [...(readMeta<number[]>(sql, "lock_facts") ?? []), sequence]);
}

/** What a generation begins with. */
function storeCarried(sql: SqlStorage, fact: Fact, sequence: number, overlay: Overlay): void {
  switch (fact.kind) {
    case "ledger_continued":
      writeMeta(sql, "approval_policy", fact.policy);
      writeMeta(sql, "locks_carried", fact.locks);
      writeMeta(sql, "shared_record", { revision: fact.sharedRevision ?? 0, sequence } satisfies SharedHeld);
      writeMeta(sql, "standing", overlay.standing);
      break;
    case "accounts_carried":
      insertOpened(
        sql,
        fact.accounts.map(({ formerCodes, children = 0, ...account }) => accountRow(account, formerCodes, children)),
      );
      insertCarried(sql, fact.accounts);
      break;
    case "row_carried":
      insertRow(sql, fact.row);
      break;
    case "draft_carried":
      insertRow(sql, fact.contentRow);
      storeDraft(sql, present(overlay.drafts.get(fact.draft), "the draft was just carried"), fact.createdAtMs, 0);
      break;
    case "hold_carried":
      insertRow(sql, fact.row);
      insertHold(sql, heldBy(fact), fact.row.seq, fact.placedAtMs);
  }
}

function insertRow(sql: SqlStorage, { seq, commitSeq, version, body, context, seal }: EarlierRow): void {
  sql.exec("INSERT OR IGNORE INTO carried_row VALUES (?, ?, ?, ?, ?, ?)", seq, commitSeq, version, body, context, seal);
}

function insertCarried(sql: SqlStorage, accounts: readonly CarriedAccount[]): void {
  const posted = accounts.map(({ no, debits, credits, version, holdChanges }) => `[${no},${debits},${credits},${version - holdChanges}]`);
  sql.exec(
    "INSERT INTO account_carried SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)",
    `[${posted.join(",")}]`,
  );
  const held = accounts.filter(({ holdChanges }) => holdChanges > 0);
  sql.exec(
    "INSERT INTO account_pending SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)",
    JSON.stringify(held.map(({ no, pendingDebits, pendingCredits, holdChanges }) => [no, pendingDebits, pendingCredits, holdChanges])),
  );
}

/** A draft as the whole write leaves it. `atMs`: when it was created, where it is new. `firstSequence`: the write's. */
function storeDraft(sql: SqlStorage, draft: Draft, atMs: number, firstSequence: number): void {
  const { no, status, savedSequence, contentSequence, entry, content } = draft;
  const { externalId, source, reference } = content;
  sql.exec(
    `INSERT INTO draft VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (no) DO UPDATE SET status = excluded.status, saved = excluded.saved, content = excluded.content, entry = excluded.entry, day = excluded.day,
       module = excluded.module, amount = excluded.amount, external_id = excluded.external_id, source = excluded.source, source_type = excluded.source_type, reference = excluded.reference`,
    no,
    atMs,
    status,
    savedSequence,
    contentSequence,
    entry,
    dayOf(content.date),
    content.module,
    Math.min(entryAmount(content), Number.MAX_SAFE_INTEGER),
    externalId,
    source === null ? null : sourceText(source),
    source?.type ?? "api",
    reference,
  );
  // The content, and so its accounts, may be of an earlier write.
  if (contentSequence < firstSequence) return;
  if (no < firstSequence) sql.exec("DELETE FROM draft_account WHERE draft = ?", no);
  for (const account of new Set(content.lines.map((line) => line.account)))
    sql.exec("INSERT INTO draft_account VALUES (?, ?)", account, no);
}

function insertHold(sql: SqlStorage, fact: HoldPlaced, no: number, atMs: number): void {
  sql.exec(
    "INSERT INTO hold VALUES (?, ?, 'open', NULL, ?, ?, ?, ?, ?, ?)",
    no,
    atMs,
    dayOf(fact.date),
    fact.module,
    fact.groupId,
    fact.expiresAtMs,
    fact.externalId,
    fact.source === null ? null : sourceText(fact.source),
  );
  const amounts = (side: 1 | -1) => (sum: number, line: HoldLine) => sum + Math.max(side * line.amount, 0);
  for (const account of new Set(fact.lines.map((line) => line.account))) {
    const own = fact.lines.filter((line) => line.account === account);
    sql.exec("INSERT INTO hold_account VALUES (?, ?, ?, ?)", account, no, own.reduce(amounts(1), 0), own.reduce(amounts(-1), 0));
  }
}

/** What is pending on the accounts of the write's holds, as the whole write leaves it. */
function storePending(sql: SqlStorage, overlay: Overlay): void {
  const accounts = new Set([...overlay.holds.values()].flatMap(({ fact }) => fact.lines.map((line) => line.account)));
  // Of a hold that is carried over its accounts brought along what it holds on them.
  const rows = [...accounts].flatMap((no) => {
    const figures = overlay.touched.get(no);
    return figures === undefined ? [] : [[no, figures.pendingDebits, figures.pendingCredits, figures.holdChanges]];
  });
  for (let i = 0; i < rows.length; i += 5_000) {
    sql.exec(
      `INSERT INTO account_pending SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
       ON CONFLICT (no) DO UPDATE SET debits = excluded.debits, credits = excluded.credits, changes = excluded.changes`,
      JSON.stringify(rows.slice(i, i + 5_000)),
    );
  }
}

type RowOfAccount = Omit<AccountTerms, "formerCodes" | "children">;

/** The row of an account as JSON. */
function accountRow(account: RowOfAccount, formerCodes: AccountTerms["formerCodes"], children = 0): string {
  return JSON.stringify([
    account.no,
    account.id,
    account.code,
    account.externalId,
    account.type,
    JSON.stringify(account.description),
    account.minBalance,
    account.maxBalance,
    account.status,
    account.createdAtMs,
    account.revision,
    JSON.stringify(formerCodes),
    children,
  ]);
}

/** The tables that are written with their facts. A release that writes them otherwise rebuilds them from the log. */
const tablesVersion = 1;
const eagerTables = [
  "account",
  "reversal",
  "posting_reference",
  "draft",
  "draft_account",
  "hold",
  "hold_account",
  "account_pending",
  "carried_row",
  "account_carried",
] as const;

/** Notes that the tables are as this release writes them. */
export function markTables(sql: SqlStorage): void {
  writeMeta(sql, "tables", tablesVersion);
}

export function areTablesBuilt(sql: SqlStorage): boolean {
  return readMeta<number>(sql, "tables") === tablesVersion;
}

/** Throws the tables away. */
export function dropTables(sql: SqlStorage): void {
  for (const table of eagerTables) sql.exec(`DELETE FROM ${table}`);
  sql.exec("DELETE FROM meta WHERE key IN ('lock_facts', 'approval_policy', 'locks_carried', 'shared_record', 'standing', 'tables')");
}

function insertOpened(sql: SqlStorage, opened: readonly string[]): void {
  for (let i = 0; i < opened.length; i += 500) {
    sql.exec(
      `INSERT INTO account (no, id, code, external_id, type, description, min_balance, max_balance, status, created_at, revision, former_codes, children)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12
       FROM json_each(?)`,
      `[${opened.slice(i, i + 500).join(",")}]`,
    );
  }
}
