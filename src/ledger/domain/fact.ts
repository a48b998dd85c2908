import type { AccountType } from "../../kernel/account-type.ts";
import type { Writable } from "../../kernel/writable.ts";
import type { Account, AccountDescription, AccountStatus } from "./account.ts";
import type { ApprovalPolicy, DraftStatus, Preparer, Principal } from "./approval.ts";
import type { GroupOutcome, LedgerIdentity } from "./command.ts";
import type { AskedContent, AskedLine, DraftLineContent, EntryContent, HoldContent, HoldTerms, LineContent } from "./entry-fields.ts";
import type { LockLevel, Module } from "./period-lock.ts";
import type { SharedContent } from "./shared-content.ts";
import type { Standing } from "./standing.ts";

/** What happened, in the past tense: the only thing that is stored, and all that the state is folded from. */
export type Fact =
  | LedgerOpened
  | AccountOpened
  | AccountChanged
  | EntryPosted
  | PeriodLocked
  | PostingReferenceSet
  | ApprovalPolicySet
  | SharedRecordSet
  | DraftSaved
  | HoldPlaced
  | HoldReleased
  | HoldsExpired
  | LedgerFrozen
  | LedgerThawed
  | LedgerRetired
  | GroupEnded
  | LedgerClosed
  | LedgerContinued
  | AccountsCarried
  | RowCarried
  | DraftCarried
  | HoldCarried
  | StateCarried;

export interface LedgerOpened extends LedgerIdentity {
  readonly kind: "ledger_opened";
}

export interface AccountOpened {
  readonly kind: "account_opened";
  readonly code: string;
  readonly externalId: string | null;
  readonly type: AccountType;
  readonly minBalance: number | null;
  readonly maxBalance: number | null;
  readonly description: AccountDescription;
}

/** The account as it is from here on, whole. */
export interface AccountChanged extends Omit<AccountOpened, "kind"> {
  readonly kind: "account_changed";
  readonly account: number;
  readonly status: AccountStatus;
}

export interface FactLine extends LineContent {
  /** The account's number. */
  readonly account: number;
  /** Minor units; debit positive, credit negative. */
  readonly amount: number;
  /** On the account's normal side. */
  readonly balanceAfter: number;
  readonly version: number;
}

export interface EntryPosted extends EntryContent {
  readonly kind: "entry_posted";
  readonly flagged: boolean;
  /** The sequence of the entry that this one reverses. */
  readonly reversalOf: number | null;
  /** Whether the reversal is a void. */
  readonly void: boolean;
  readonly reason: string | null;
  /** The id of the draft that it was, which stays its own. */
  readonly draftId: string | null;
  /** The sequence of the hold that it settles. The rest of the hold is released. */
  readonly hold: number | null;
  readonly lines: readonly FactLine[];
}

export interface DraftLine extends DraftLineContent {
  /** The account's number. */
  readonly account: number;
  /** Minor units; debit positive, credit negative. */
  readonly amount: number;
}

/** The entry that a draft will be once it is posted. It may be unbalanced until it is submitted. */
export interface DraftContent extends Omit<EntryPosted, "kind" | "flagged" | "draftId" | "lines"> {
  readonly lines: readonly DraftLine[];
}

/** The fact of an entry on its way: whether it is flagged, and each line's `balanceAfter` and `version`, are found last. */
export type EntryToPost = Writable<Omit<EntryPosted, "lines">> & { readonly lines: Writable<FactLine>[] };

/** What is asked for as a fact. Written out, for batches have thousands. */
export function entryFact(asked: AskedContent, lines: Writable<FactLine>[]): EntryToPost {
  return {
    kind: "entry_posted",
    date: asked.date,
    description: asked.description ?? null,
    reference: asked.reference ?? null,
    externalId: asked.externalId ?? null,
    metadata: asked.metadata ?? null,
    source: asked.source ?? null,
    module: asked.module ?? "journal",
    flagged: false,
    reversalOf: null,
    void: false,
    reason: null,
    replaces: asked.replaces ?? null,
    draftId: null,
    hold: null,
    lines,
  };
}

export function factLine(account: number, amount: number, asked: AskedLine): Writable<FactLine> {
  return {
    account,
    amount,
    balanceAfter: 0,
    version: 0,
    memo: asked.memo ?? null,
    contactId: asked.contactId ?? null,
    tags: asked.tags ?? null,
  };
}

/** The draft of an entry, with lines of its own. */
export function draftContent(
  { kind: _kind, flagged: _flagged, draftId: _draftId, ...entry }: EntryToPost,
  lines: readonly DraftLine[],
): DraftContent {
  return { ...entry, lines };
}

/** Written by builds before the shared record, which has the locks since. */
export interface PeriodLocked {
  readonly kind: "period_locked";
  readonly startDate: string;
  readonly endDate: string;
  readonly module: Module;
  readonly level: LockLevel;
  readonly reason: string | null;
}

export interface PostingReferenceSet {
  readonly kind: "posting_reference_set";
  readonly entry: number;
  readonly postingReference: string;
  /** Who noted it. Earlier builds did not say so: it was the commit's actor. */
  readonly setBy?: Principal;
}

/** Written by builds before the shared record, which has the policy since. */
export interface ApprovalPolicySet {
  readonly kind: "approval_policy_set";
  readonly policy: ApprovalPolicy;
}

/** What the entity's ledgers share, whole, as it is from here on. A member that the build did not share yet is missing. */
export interface SharedRecordSet extends SharedContent {
  readonly kind: "shared_record_set";
  /** The entity's record has it: later ones are higher. */
  readonly revision: number;
}

/** A version of a draft: what it is from here on. */
export interface DraftSaved {
  readonly kind: "draft_saved";
  /** The draft's number; null for a new one, which this fact's sequence numbers. */
  readonly draft: number | null;
  readonly version: number;
  readonly status: Exclude<DraftStatus, "posted">;
  readonly preparers: readonly Preparer[];
  readonly reason: string | null;
  /** The entry to be, whole, or the sequence of the earlier version that has it. */
  readonly content: DraftContent | number;
  /** Who wrote the content, where this fact has it. Earlier builds did not say so: it was the commit's actor. */
  readonly writtenBy?: Principal;
}

export interface HoldLine extends LineContent {
  /** The account's number. */
  readonly account: number;
  /** Minor units; debit positive, credit negative. */
  readonly amount: number;
  /** What is available on the account after the line, on its normal side. */
  readonly availableAfter: number;
  readonly version: number;
}

export interface HoldPlaced extends HoldContent, HoldTerms {
  readonly kind: "hold_placed";
  /** Who prepared what its settlement will post. */
  readonly placedBy: Preparer;
  readonly lines: readonly HoldLine[];
}

export interface HoldReleased {
  readonly kind: "hold_released";
  readonly hold: number;
  readonly reason: string | null;
}

/** Holds that expired, in the order of their ends. */
export interface HoldsExpired {
  readonly kind: "holds_expired";
  readonly holds: readonly number[];
}

/** A removal of the ledger is being decided: nothing is written until it is. */
export interface LedgerFrozen {
  readonly kind: "ledger_frozen";
  readonly removal: number;
}

/** The removal was given up. Its freeze, should it come late, is refused. */
export interface LedgerThawed {
  readonly kind: "ledger_thawed";
  readonly removal: number;
}

/** The last fact of a ledger: it takes nothing any more. */
export interface LedgerRetired {
  readonly kind: "ledger_retired";
  readonly removal: number;
}

/** A group of holds has ended in this ledger: before the facts that settle or release those that were open, and for good. */
export interface GroupEnded {
  readonly kind: "group_ended";
  readonly groupId: string;
  readonly outcome: GroupOutcome;
}

/** The last fact of a generation: the books continue in the next. */
export interface LedgerClosed {
  readonly kind: "ledger_closed";
  readonly generation: number;
  readonly reason: string | null;
}

/** The first fact of a later generation. Its sequence follows the last one before it, and its seal is over that one's. */
export interface LedgerContinued extends LedgerIdentity, SharedContent {
  readonly kind: "ledger_continued";
  /** Counted from 0. */
  readonly generation: number;
  readonly previousSeal: string;
  /** The revision of the shared record that the ledger holds; absent where it was told none, and in earlier builds. */
  readonly sharedRevision?: number;
  /** Where a removal was ever heard of. Earlier builds had none. */
  readonly standing?: Standing;
}

/** Accounts as the generation before left them, with what stands on them. Turnover as decimal texts. */
export interface AccountsCarried {
  readonly kind: "accounts_carried";
  readonly accounts: readonly CarriedAccount[];
}

export interface CarriedAccount extends Omit<Account, "debitsHigh" | "debitsLow" | "creditsHigh" | "creditsLow" | "children"> {
  /** Earlier builds did not count them: they are counted when the generation opens. */
  readonly children?: number;
  readonly debits: string;
  readonly credits: string;
}

/** A row of an earlier generation's log as it is stored there, with its commit's context and seal. */
export interface EarlierRow {
  readonly seq: number;
  readonly commitSeq: number;
  readonly version: number;
  readonly body: string;
  readonly context: string;
  readonly seal: string;
}

/** A row of the log that what is open refers to. */
export interface RowCarried {
  readonly kind: "row_carried";
  readonly row: EarlierRow;
}

/** A draft that is neither posted nor voided. The rows of its versions came before. */
export interface DraftCarried {
  readonly kind: "draft_carried";
  readonly draft: number;
  readonly createdAtMs: number;
  /** The sequence of its last version, and of the one that has the content. */
  readonly saved: number;
  readonly contentRow: EarlierRow;
  readonly status: Exclude<DraftStatus, "posted" | "voided">;
  readonly version: number;
  readonly preparers: readonly Preparer[];
  readonly reason: string | null;
}

/** An open hold. Its pending amounts came with the accounts. */
export interface HoldCarried {
  readonly kind: "hold_carried";
  readonly placedAtMs: number;
  readonly row: EarlierRow;
}

/** Everything has been carried over: from here on the generation is the ledger. */
export interface StateCarried {
  readonly kind: "state_carried";
  readonly accounts: number;
  readonly drafts: number;
  readonly holds: number;
}

/** The version of the facts' form that this release writes and the newest that it reads. */
export const factVersion = 1;

const kinds = {
  ledger_opened: true,
  account_opened: true,
  account_changed: true,
  entry_posted: true,
  period_locked: true,
  posting_reference_set: true,
  approval_policy_set: true,
  shared_record_set: true,
  draft_saved: true,
  hold_placed: true,
  hold_released: true,
  holds_expired: true,
  ledger_frozen: true,
  ledger_thawed: true,
  ledger_retired: true,
  group_ended: true,
  ledger_closed: true,
  ledger_continued: true,
  accounts_carried: true,
  row_carried: true,
  draft_carried: true,
  hold_carried: true,
  state_carried: true,
} as const satisfies Record<Fact["kind"], true>;

/** Whether this release knows the kind of fact. One that does not write nothing to the ledger. */
export function isKnownFact(kind: string, version: number): boolean {
  return version <= factVersion && Object.hasOwn(kinds, kind);
}

/** The sum of the debits of an entry: its amount. */
export function entryAmount(fact: { readonly lines: readonly { readonly amount: number }[] }): number {
  let sum = 0;
  for (const line of fact.lines) if (line.amount > 0) sum += line.amount;
  return sum;
}
