import { present } from "../../../kernel/assert.ts";
import type { Failure } from "../../../kernel/failures.ts";
import { reusedWriter, type TextWriter } from "../../../kernel/text-writer.ts";
import type { AccountTerms } from "../../domain/account.ts";
import type {
  AccountChanged,
  AccountOpened,
  EntryPosted,
  Fact,
  PeriodLocked,
  PostingReferenceSet,
  SharedRecordSet,
} from "../../domain/fact.ts";
import type { Overlay } from "../../domain/overlay.ts";
import type { PeriodLock } from "../../domain/period-lock.ts";
import type { Head, Made, WriteOptions } from "../../rpc.ts";
import { type CommitContext, readCommit } from "../log/journal.ts";
import { locksAt } from "../state/stored-locks.ts";
import type { StoredState } from "../state/stored-state.ts";
import { unpostedWithin } from "../state/unposted-within.ts";
import { describeEntries } from "./describe-entries.ts";
import { type Described, describedView } from "./described.ts";
import { describingOf } from "./describing.ts";
import type { ItemOutcome, StoredAnswer } from "./idempotency.ts";
import { approvalText, type Describing, draftView, holdView, idAt } from "./unposted-views.ts";
import { accountView, type CommitText, commitText, entryText, lockView, sharedText } from "./views.ts";

export type Item = ItemOutcome;

/** A write to describe, while it is being made or again from what was stored. */
type ToDescribe =
  | {
      readonly items: readonly Item[];
      readonly answer: WriteOptions["answer"];
      readonly head: Head;
      readonly overlay?: Overlay;
      readonly context?: CommitContext;
    }
  | StoredAnswer;

/** What is stored of an answer under its key, so that `describe` can rebuild it. */
export function storable(
  items: readonly Item[],
  answer: WriteOptions["answer"],
  head: Head,
  firstSequence?: number,
): Omit<StoredAnswer, "fingerprint" | "body"> {
  return { failure: undefined, firstSequence, lastSequence: head.sequence, items, answer };
}

/** The JSON text that answers a write, and what it says of the first item. */
export interface DescribedAnswer {
  readonly body: string;
  /** Absent where an answer was stored with nothing to know it from. */
  readonly made?: Made | null;
}

/** The answer to a write, in the form that was asked for. */
export function describe(sql: SqlStorage, state: StoredState, asked: ToDescribe): DescribedAnswer {
  if ("fingerprint" in asked && asked.body !== undefined) return storedAnswer(sql, state, asked, asked.body);
  const describer = "head" in asked ? describerOf(sql, state, asked) : rememberingDescriber(sql, state, asked);
  const textOf = (item: Item): string => ("failure" in item ? errorText(item.failure) : describer.whole(item));
  if (asked.answer === "minimal") return { body: receiptsText(describer, asked.items), made: waitingOf(describer, asked.items) };
  const [item] = asked.items;
  const first = item === undefined ? undefined : describedItem(describer, item);
  if (asked.answer === "one") {
    const { text, made } = present(first, "a single command has one result");
    return { body: text, made };
  }
  let text = first?.text ?? "";
  for (let i = 1; i < asked.items.length; i++) text += `,${textOf(asked.items[i] as Item)}`;
  const { sequence, seal } = describer.head;
  const made = waitingOf(describer, asked.items) ?? first?.made ?? null;
  return { body: `{"data":[${text}],"head":{"sequence":${sequence},"seal":"${seal}"}}`, made };
}

/** What is to be known of many: that they wait, where the first that is new does. What stands before it may be there already. */
function waitingOf(describer: Describer, items: readonly Item[]): Made | null {
  for (const item of items) if ("first" in item) return describer.draft(item);
  return null;
}

function describedItem(describer: Describer, item: Item): Described {
  return "failure" in item ? { text: errorText(item.failure), made: null } : describer.described(item);
}

/** An answer that was stored as its bytes. What was made stands in the facts, as they stood when it was answered. */
function storedAnswer(sql: SqlStorage, state: StoredState, stored: StoredAnswer, body: string): DescribedAnswer {
  if (stored.answer !== "one") {
    const waiting = waitingOf(rememberingDescriber(sql, state, stored), stored.items);
    if (waiting !== null || stored.answer === "minimal") return { body, made: waiting };
  }
  const [item] = stored.items;
  if (item === undefined) return { body };
  return { body, made: describedItem(rememberingDescriber(sql, state, stored), item).made };
}

const emptyWriter = reusedWriter();

/** The short answer: an id and a sequence for each of thousands, which are written as bytes because joining such short texts costs more. */
function receiptsText(describer: Describer, items: readonly Item[]): string {
  const out = emptyWriter();
  out.ascii('{"data":[');
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    if (i > 0) out.ascii(",");
    if ("failure" in item) out.text(errorText(item.failure));
    else describer.receipt(out, item);
  }
  out.ascii(`],"head":{"sequence":${describer.head.sequence},"seal":"${describer.head.seal}"}}`);
  return out.string();
}

function errorText(reason: Failure): string {
  return JSON.stringify({ error: { code: reason.code, message: reason.message, details: reason.details ?? [] } });
}

type Written = Exclude<Item, { readonly failure: Failure }>;

interface Describer {
  readonly head: Head;
  receipt(out: TextWriter, item: Written): void;
  /** The JSON text alone: thousands of items need no object each. */
  whole(item: Written): string;
  described(item: Written): Described;
  /** Of a draft that was saved; null of anything else. */
  draft(item: Written): Made | null;
}

function describerOf(sql: SqlStorage, state: StoredState, asked: Extract<ToDescribe, { head: Head }>): Describer {
  const { overlay, context, head } = asked;
  const recorded = recordDescriber(sql, state, overlay?.sequence ?? head.sequence, overlay);
  if (overlay === undefined || context === undefined) return logDescriber(head, recorded);
  const commit = commitText(overlay.identity, context, head.seal);
  const describing = describingOf(state, overlay.sequence, { overlay, context, seal: head.seal });
  return {
    head,
    receipt: (out, item) => {
      const sequence = sequenceOf(item);
      if (sequence < overlay.firstSequence) return out.ascii(recorded.receipt(sequence));
      const fact = factAt(overlay, sequence);
      if (!isPlainEntry(fact)) return out.ascii(receiptOf(describing, sequence, fact));
      out.ascii('{"id":"');
      out.ascii(commit.entryIds.beginning(sequence));
      out.ascii(commit.entryIds.end(sequence));
      out.ascii('","sequence":');
      out.integer(sequence);
      out.ascii("}");
    },
    whole: (item) => {
      const sequence = sequenceOf(item);
      if (sequence < overlay.firstSequence) return recorded.described(sequence).text;
      const fact = factAt(overlay, sequence);
      return fact.kind === "entry_posted"
        ? postedText(fact, sequence, overlay, context, commit, describing)
        : describedFact(sql, state, overlay, fact, sequence, describing).text;
    },
    described: (item) => {
      const sequence = sequenceOf(item);
      if (sequence < overlay.firstSequence) return recorded.described(sequence);
      const fact = factAt(overlay, sequence);
      if (fact.kind !== "entry_posted") return describedFact(sql, state, overlay, fact, sequence, describing);
      const text = postedText(fact, sequence, overlay, context, commit, describing);
      return { text, made: { id: fact.draftId ?? commit.entryIds.whole(sequence), state: "posted" } };
    },
    draft: (item) => {
      const sequence = sequenceOf(item);
      return sequence < overlay.firstSequence ? recorded.draft(sequence) : draftMade(describing, sequence, factAt(overlay, sequence));
    },
  };
}

function factAt(overlay: Overlay, sequence: number): Fact {
  return present(overlay.facts[sequence - overlay.firstSequence], "the item's fact was just decided");
}

function isPlainEntry(fact: Fact): boolean {
  return fact.kind === "entry_posted" && fact.draftId === null;
}

/** What the short answer has. An entry that is not posted says so. */
function receiptOf(describing: Describing, sequence: number, fact: Fact): string {
  if (fact.kind !== "draft_saved") return `{"id":"${idAt(describing, sequence)}","sequence":${sequence}}`;
  const no = fact.draft ?? sequence;
  return `{"id":"${idAt(describing, no)}","sequence":${no},"status":"${fact.status}"}`;
}

function draftMade(describing: Describing, sequence: number, fact: Fact): Made | null {
  if (fact.kind !== "draft_saved") return null;
  const [id, state] = [idAt(describing, fact.draft ?? sequence), fact.status];
  return state === "voided" ? { id, state } : { id, state, version: fact.version };
}

/** The sequence that stands for an item: of its first fact, or of the fact of what was there before. */
function sequenceOf(item: Written): number {
  return "existing" in item ? item.existing : item.first;
}

function postedText(
  fact: EntryPosted,
  sequence: number,
  overlay: Overlay,
  context: CommitContext,
  commit: CommitText,
  describing: Describing,
): string {
  const entry = {
    sequence,
    fact,
    context,
    seal: "",
    status: "posted" as const,
    reversalOfId: fact.reversalOf === null ? null : idAt(describing, fact.reversalOf),
    reversedById: null,
    postingReference: null,
    approval: approvalText(describing, fact, context.actor),
    holdId: fact.hold === null ? null : idAt(describing, fact.hold),
  };
  return entryText(entry, commit, describing.accountOf, overlay.sequence);
}

/** What answers a fact that is being written, other than a posted entry. */
function describedFact(
  sql: SqlStorage,
  state: StoredState,
  overlay: Overlay,
  fact: Exclude<Fact, EntryPosted>,
  sequence: number,
  describing: Describing,
): Described {
  switch (fact.kind) {
    case "posting_reference_set":
      return present(describeEntries(sql, state, [fact.entry], overlay.sequence, overlay)[0], "the entry can be described");
    case "account_opened":
      return describedView(accountView(overlay.identity, describing.accountOf(sequence)));
    case "account_changed":
      return describedView(accountView(overlay.identity, describing.accountOf(fact.account)));
    case "period_locked":
      return { text: lockOutcomeText(sql, fact, overlay.locks, overlay.identity.number), made: null };
    case "shared_record_set":
      return { text: sharedText(overlay), made: null };
    default:
      return describedAlone(describing, sequence, fact);
  }
}

/** The locks after a change, and what of drafts and holds stands in the period. */
function lockOutcomeText(sql: SqlStorage, fact: PeriodLocked, locks: readonly PeriodLock[], ledgerNumber: number): string {
  return JSON.stringify({ locks: locks.map(lockView), ...unpostedWithin(sql, fact, ledgerNumber) });
}

/** What answers a fact, from the fact and the log alone. */
function describedAlone(
  describing: Describing,
  sequence: number,
  fact: Exclude<Fact, EntryPosted | AccountOpened | AccountChanged | PostingReferenceSet | PeriodLocked | SharedRecordSet>,
): Described {
  switch (fact.kind) {
    case "draft_saved":
      return describedView(draftView(describing, sequence, fact));
    case "hold_placed":
      return describedView(holdView(describing, sequence));
    case "hold_released":
      return describedView(holdView(describing, fact.hold));
    case "approval_policy_set":
      return { text: JSON.stringify({ policy: fact.policy }), made: null };
    case "holds_expired":
      return { text: JSON.stringify({ expired: fact.holds.map((no) => idAt(describing, no)) }), made: null };
    case "group_ended":
      return { text: JSON.stringify({ groupId: fact.groupId, decision: fact.outcome }), made: null };
    case "ledger_frozen":
    case "ledger_thawed":
    case "ledger_retired":
    case "ledger_opened":
    case "ledger_closed":
    case "ledger_continued":
    case "accounts_carried":
    case "row_carried":
    case "draft_carried":
    case "hold_carried":
    case "state_carried":
      // Noted by the ledger itself, or the answer to no client.
      return { text: JSON.stringify(describing.identity), made: null };
  }
}

/** Rebuilds an answer from what was stored of it: as things stood at its head. */
function rememberingDescriber(sql: SqlStorage, state: StoredState, stored: StoredAnswer): Describer {
  const last = stored.lastSequence ?? state.sequence;
  const head = { sequence: last, seal: present(state.row(last), "the head that was answered is in the journal").seal };
  return logDescriber(head, recordDescriber(sql, state, last));
}

/** Describes items of which nothing is being written. */
function logDescriber(head: Head, recorded: ReturnType<typeof recordDescriber>): Describer {
  return {
    head,
    receipt: (out, item) => out.ascii(recorded.receipt(sequenceOf(item))),
    whole: (item) => recorded.described(sequenceOf(item)).text,
    described: (item) => recorded.described(sequenceOf(item)),
    draft: (item) => recorded.draft(sequenceOf(item)),
  };
}

/** Describes what the journal has, as it stood when `knownAt` was the last sequence. */
function recordDescriber(sql: SqlStorage, state: StoredState, knownAt: number, overlay?: Overlay) {
  let accounts: ReadonlyMap<number, AccountTerms> | undefined;
  const accountOfCommit = (no: number): AccountTerms => {
    accounts ??= accountsAt(sql, state, knownAt);
    return present(accounts.get(no), "the commit has the account's fact");
  };
  const describing = describingOf(state, knownAt);
  return {
    receipt: (sequence: number): string => receiptOf(describing, sequence, describing.row(sequence).fact),
    draft: (sequence: number): Made | null => draftMade(describing, sequence, describing.row(sequence).fact),
    described(sequence: number): Described {
      const { fact } = describing.row(sequence);
      switch (fact.kind) {
        case "entry_posted":
          return present(describeEntries(sql, state, [sequence], knownAt, overlay)[0], "the entry can be described");
        case "posting_reference_set":
          return present(describeEntries(sql, state, [fact.entry], knownAt)[0], "the entry can be described");
        case "account_opened":
          return describedView(accountView(state.identity, accountOfCommit(sequence)));
        case "account_changed":
          return describedView(accountView(state.identity, accountOfCommit(fact.account)));
        case "period_locked":
          return { text: lockOutcomeText(sql, fact, locksAt(sql, knownAt), state.identity.number), made: null };
        case "shared_record_set":
        case "ledger_continued":
          // What the ledger holds already is described as it stands now: no key stores the answer.
          return { text: sharedText(overlay ?? state), made: null };
        default:
          return describedAlone(describing, sequence, fact);
      }
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
