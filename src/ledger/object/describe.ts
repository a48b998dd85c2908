import { present } from "../../kernel/assert.ts";
import type { Failure } from "../../kernel/failures.ts";
import type { AccountTerms } from "../domain/account.ts";
import { decodeFact, type Fact } from "../domain/fact.ts";
import type { Overlay } from "../domain/state.ts";
import type { Head, WriteOptions } from "../rpc.ts";
import type { ItemOutcome, StoredAnswer } from "./idempotency.ts";
import { type CommitContext, decodeContext, readCommit, readRow, readRows } from "./journal.ts";
import type { StoredState } from "./stored-state.ts";
import { accountView, type CommitText, commitText, entryId, entryText, lockView } from "./views.ts";

export type Item = ItemOutcome;

/** What is told of a write while it is being made, or again from what was kept. */
type Told =
  | {
      readonly items: readonly Item[];
      readonly answer: WriteOptions["answer"];
      readonly head: Head;
      readonly overlay?: Overlay;
      readonly context?: CommitContext;
    }
  | StoredAnswer;

/** What is kept of an answer under its key, so that `describe` can tell it again. */
export function storable(
  items: readonly Item[],
  answer: WriteOptions["answer"],
  head: Head,
  firstSequence?: number,
): Omit<StoredAnswer, "fingerprint" | "body"> {
  return { failure: undefined, firstSequence, lastSequence: head.sequence, items, answer };
}

/** The JSON text that answers a write. */
export function describe(sql: SqlStorage, state: StoredState, told: Told): string {
  const teller = "head" in told ? tellerOf(sql, state, told) : rememberingTeller(sql, state, told);
  const textOf = (item: Item): string =>
    "failure" in item ? errorText(item.failure) : told.answer === "minimal" ? teller.receipt(item) : teller.whole(item);
  if (told.answer === "one") return textOf(present(told.items[0], "a single command has one result"));
  let text = "";
  for (let i = 0; i < told.items.length; i++) text += i === 0 ? textOf(told.items[i] as Item) : `,${textOf(told.items[i] as Item)}`;
  return `{"data":[${text}],"head":{"sequence":${teller.head.sequence},"seal":"${teller.head.seal}"}}`;
}

function errorText(reason: Failure): string {
  return JSON.stringify({ error: { code: reason.code, message: reason.message, details: reason.details ?? [] } });
}

type Written = Exclude<Item, { readonly failure: Failure }>;

interface Teller {
  readonly head: Head;
  receipt(item: Written): string;
  whole(item: Written): string;
}

function tellerOf(sql: SqlStorage, state: StoredState, told: Extract<Told, { head: Head }>): Teller {
  const { overlay, context, head } = told;
  const recorded = recordTeller(sql, state, overlay?.sequence ?? head.sequence, overlay);
  if (overlay === undefined || context === undefined)
    return { head, receipt: (item) => recorded.receipt(sequenceOf(item)), whole: (item) => recorded.whole(sequenceOf(item)) };
  const commit = commitText(overlay.identity, context, head.seal);
  const accountOf = (no: number): AccountTerms => present(overlay.account(no), "a line's account exists");
  return {
    head,
    receipt: (item) => {
      const sequence = sequenceOf(item);
      if (sequence < overlay.firstSequence) return recorded.receipt(sequence);
      return `{"id":"${commit.entryIdOf(sequence)}","sequence":${sequence}}`;
    },
    whole: (item) => {
      const sequence = sequenceOf(item);
      if (sequence < overlay.firstSequence) return recorded.whole(sequence);
      const fact = present(overlay.facts[sequence - overlay.firstSequence], "the item's fact was just decided");
      return factText(sql, state, overlay, fact, sequence, context, commit, accountOf);
    },
  };
}

/** The sequence that stands for an item: of its first fact, or of the entry that was there before. */
function sequenceOf(item: Written): number {
  return "existing" in item ? item.existing : item.first;
}

function factText(
  sql: SqlStorage,
  state: StoredState,
  overlay: Overlay,
  fact: Fact,
  sequence: number,
  context: CommitContext,
  commit: CommitText,
  accountOf: (no: number) => AccountTerms,
): string {
  switch (fact.kind) {
    case "entry_posted": {
      const original = fact.reversalOf === null ? undefined : overlay.entry(fact.reversalOf);
      const told = {
        sequence,
        fact,
        context,
        seal: "",
        status: "posted" as const,
        reversalOfId: original ? entryId(overlay.identity, original.atMs, original.sequence) : null,
        reversedById: null,
        postingReference: null,
      };
      return entryText(told, commit, accountOf, overlay.sequence);
    }
    case "account_opened":
      return JSON.stringify(accountView(overlay.identity, accountOf(sequence)));
    case "account_changed":
      return JSON.stringify(accountView(overlay.identity, accountOf(fact.account)));
    case "period_locked":
      return JSON.stringify({ locks: overlay.locks.map(lockView) });
    case "posting_reference_set":
      return present(tellEntries(sql, state, [fact.entry], overlay.sequence, overlay)[0], "the entry can be told");
    case "ledger_opened":
      return JSON.stringify(overlay.identity);
  }
}

/** Tells an answer again from what was kept of it: as things stood at its head. */
function rememberingTeller(sql: SqlStorage, state: StoredState, stored: StoredAnswer): Teller {
  const last = stored.lastSequence ?? state.sequence;
  const head = { sequence: last, seal: present(readRow(sql, last), "the head that was answered is in the journal").seal };
  const recorded = recordTeller(sql, state, last);
  return { head, receipt: (item) => recorded.receipt(sequenceOf(item)), whole: (item) => recorded.whole(sequenceOf(item)) };
}

/** Tells what the journal has, as it stood when `knownAt` was the last sequence. */
function recordTeller(sql: SqlStorage, state: StoredState, knownAt: number, overlay?: Overlay) {
  let accounts: ReadonlyMap<number, AccountTerms> | undefined;
  const accountOfCommit = (no: number): AccountTerms => {
    accounts ??= accountsAt(sql, state, knownAt);
    return present(accounts.get(no), "the commit has the account's fact");
  };
  return {
    receipt(sequence: number): string {
      const row = present(readRow(sql, sequence), "a told sequence is in the journal");
      return `{"id":"${entryId(state.identity, row.context.atMs, sequence)}","sequence":${sequence}}`;
    },
    whole(sequence: number): string {
      const row = present(readRow(sql, sequence), "a told sequence is in the journal");
      const fact = decodeFact(row.body);
      if (fact.kind === "entry_posted") {
        return present(tellEntries(sql, state, [sequence], knownAt, overlay)[0], "the entry can be told");
      }
      if (fact.kind === "account_opened") return JSON.stringify(accountView(state.identity, accountOfCommit(sequence)));
      if (fact.kind === "account_changed") return JSON.stringify(accountView(state.identity, accountOfCommit(fact.account)));
      if (fact.kind === "posting_reference_set") return present(tellEntries(sql, state, [fact.entry], knownAt)[0], "the entry can be told");
      return JSON.stringify({ locks: state.locksAt(knownAt).map(lockView) });
    },
  };
}

/** The accounts that a commit opened or changed, as they stood at its end: each of its facts about one is the account whole. */
function accountsAt(sql: SqlStorage, state: StoredState, head: number): ReadonlyMap<number, AccountTerms> {
  const accounts = new Map<number, AccountTerms>();
  for (const { seq, fact } of readCommit(sql, head)) {
    if (fact.kind !== "account_opened" && fact.kind !== "account_changed") continue;
    const no = fact.kind === "account_opened" ? seq : fact.account;
    if (accounts.has(no)) continue;
    const status = fact.kind === "account_opened" ? "active" : fact.status;
    const { code, externalId, type, description, minBalance, maxBalance } = fact;
    const now = present(state.account(no), "the account exists");
    accounts.set(no, { ...now, code, externalId, type, description, minBalance, maxBalance, status, revision: seq });
  }
  return accounts;
}

/**
 * The JSON texts of the entries of the given sequences, in the order given, as known at a sequence.
 * `overlay`: what is being written or tried and memory does not have yet.
 */
export function tellEntries(
  sql: SqlStorage,
  state: StoredState,
  sequences: readonly number[],
  knownAt: number,
  overlay?: Overlay,
): string[] {
  const list = JSON.stringify(sequences);
  const reversals = new Map<number, { seq: number; void: number; atMs: number }>();
  for (const row of sql.exec<{ original: number; seq: number; void: number; context: string }>(
    `SELECT r.original AS original, r.reversal AS seq, r.void AS void, c.context AS context
     FROM json_each(?) s JOIN reversal r ON r.original = s.value JOIN journal j ON j.seq = r.reversal JOIN journal c ON c.seq = j.commit_seq`,
    list,
  )) {
    if (row.seq <= knownAt) reversals.set(row.original, { seq: row.seq, void: row.void, atMs: decodeContext(row.context).atMs });
  }
  const references = new Map<number, string>();
  for (const row of sql.exec<{ entry: number; reference: string }>(
    "SELECT p.entry AS entry, p.reference AS reference FROM json_each(?) s JOIN posting_reference p ON p.entry = s.value WHERE p.seq <= ? ORDER BY p.entry, p.seq",
    list,
    knownAt,
  )) {
    references.set(row.entry, row.reference);
  }
  overlay?.facts.forEach((fact, i) => {
    if (fact.kind === "posting_reference_set") references.set(fact.entry, fact.postingReference);
    if (fact.kind === "entry_posted" && fact.reversalOf !== null)
      reversals.set(fact.reversalOf, { seq: overlay.firstSequence + i, void: fact.void ? 1 : 0, atMs: overlay.atMs });
  });
  const accountOf = (no: number): AccountTerms => present((overlay ?? state).account(no), "a line's account exists");
  const texts: string[] = [];
  for (const row of readRows(sql, sequences)) {
    const fact = decodeFact(row.body);
    if (fact.kind !== "entry_posted") continue;
    const reversal = reversals.get(row.seq);
    const original =
      fact.reversalOf === null ? undefined : present(readRow(sql, fact.reversalOf), "a reversal's original is in the journal");
    texts.push(
      entryText(
        {
          sequence: row.seq,
          fact,
          context: row.context,
          seal: row.seal,
          status: reversal === undefined ? "posted" : reversal.void ? "voided" : "reversed",
          reversalOfId: original ? entryId(state.identity, original.context.atMs, original.seq) : null,
          reversedById: reversal ? entryId(state.identity, reversal.atMs, reversal.seq) : null,
          postingReference: references.get(row.seq) ?? null,
        },
        commitText(state.identity, row.context, row.seal),
        accountOf,
        knownAt,
      ),
    );
  }
  return texts;
}
