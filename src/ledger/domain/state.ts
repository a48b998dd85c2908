import type { Account, AccountFigures, AccountTerms } from "./account.ts";
import type { ApprovalPolicy, Principal } from "./approval.ts";
import type { GroupOutcome, LedgerIdentity, Source } from "./command.ts";
import type { Draft } from "./draft.ts";
import type { EntryPosted } from "./fact.ts";
import type { Hold } from "./hold.ts";
import type { PeriodLock } from "./period-lock.ts";
import type { Standing } from "./standing.ts";

/** A posted entry with its place in the log. */
export interface RecordedEntry {
  readonly sequence: number;
  readonly atMs: number;
  readonly fact: EntryPosted;
}

/** The revision of the shared record that a ledger holds, and the sequence of the fact that said so last; 0 for none. */
export interface SharedHeld {
  readonly revision: number;
  readonly sequence: number;
}

/** What `decide` may ask. Answers are those of the moment before the command. */
export interface LedgerState {
  readonly identity: LedgerIdentity;
  /** The sequence of the last fact. */
  readonly sequence: number;
  readonly locks: readonly PeriodLock[];
  readonly standing: Standing;
  /** What the account is; what stands on it are its `figures`. */
  account(no: number): AccountTerms | undefined;
  /** Of an account that exists. */
  figures(no: number): AccountFigures;
  /** By `i…` id, `c…` code, `x…` external id or `r…` role. Deleted accounts are found by id only. */
  accountNumber(ref: string): number | undefined;
  /** Of the accounts directly below these, the numbers of those that have others below themselves. */
  parentsBelow(nos: readonly number[]): readonly number[];
  entry(sequence: number): RecordedEntry | undefined;
  entryByExternalId(externalId: string): RecordedEntry | undefined;
  entryBySource(source: Source): RecordedEntry | undefined;
  /** The sequence of the entry that reversed this one. */
  reversalOf(sequence: number): number | undefined;
  /** Who noted the entry's posting reference last: undefined where it has none, null where it is not known. */
  postingReferenceBy(sequence: number): Principal | null | undefined;
  readonly policy: ApprovalPolicy;
  readonly shared: SharedHeld;
  draft(no: number): Draft | undefined;
  /** Of drafts that are neither posted nor voided. */
  draftByExternalId(externalId: string): Draft | undefined;
  draftBySource(source: Source): Draft | undefined;
  hold(no: number): Hold | undefined;
  /** Of holds in any state: their names are theirs for ever. */
  holdByExternalId(externalId: string): Hold | undefined;
  holdBySource(source: Source): Hold | undefined;
  /** Open holds of groups dated from one day to another, both `YYYY-MM-DD` and inside. */
  groupHoldsDated(from: string, to: string): readonly Hold[];
  /** Whether an entry was ever posted, in this generation or an earlier one. */
  hasEntries(): boolean;
  /** How many drafts are neither posted nor voided. */
  openDrafts(): number;
  openHolds(): number;
  /** Open holds of a group, in the order in which they were placed. */
  openHoldsOf(groupId: string): readonly Hold[];
  /** How a group ended in this ledger, and the sequence of the fact that says so. */
  groupEnd(groupId: string): GroupEnd | undefined;
}

/** The end of a group of holds. */
export interface GroupEnd {
  readonly sequence: number;
  readonly outcome: GroupOutcome;
}

/** What a write asks: the state, and the one instant at which all of the write happens. */
export interface StateOfWrite extends LedgerState {
  readonly atMs: number;
}

/** What `apply` may change, on top of asking. */
export interface MutableLedgerState extends LedgerState {
  /** A copy of the account's terms that may be changed. */
  touchTerms(no: number): AccountTerms;
  /** A copy of the account's figures that may be changed. */
  touchFigures(no: number): AccountFigures;
  addAccount(account: Account): void;
  /** Called after an account's code, external id, role or status has changed. */
  indexAccount(before: AccountTerms, after: AccountTerms): void;
  addEntry(sequence: number, atMs: number, fact: EntryPosted): void;
  setReversal(original: number, reversal: number): void;
  setPostingReference(entry: number, by: Principal | null): void;
  setLocks(locks: readonly PeriodLock[]): void;
  setIdentity(identity: LedgerIdentity): void;
  setPolicy(policy: ApprovalPolicy): void;
  setShared(shared: SharedHeld): void;
  setStanding(standing: Standing): void;
  /** A new draft, or what has become of one. */
  setDraft(draft: Draft): void;
  /** A new hold, or what has become of one. */
  setHold(hold: Hold): void;
  setGroupEnd(groupId: string, end: GroupEnd): void;
}

export function sourceText(source: Source): string {
  return JSON.stringify([source.type, source.id, source.step]);
}

export function isOpenDraft({ status }: Draft): boolean {
  return status === "draft" || status === "pending_approval";
}

/** Whether a hold is neither settled, released nor expired. */
export function isOpenHold({ status }: Hold): boolean {
  return status === "open";
}

export function isOpenGroupHold(hold: Hold): boolean {
  return isOpenHold(hold) && hold.fact.groupId !== null;
}

/** The account of an id, unless it is deleted. */
export function accountById(state: LedgerState, id: string): AccountTerms | undefined {
  const no = state.accountNumber(`i${id}`);
  const account = no === undefined ? undefined : state.account(no);
  return account?.status === "deleted" ? undefined : account;
}

/** Under which texts an account is found. A deleted one has only its id. */
export function refsOf(account: AccountTerms): string[] {
  const refs = [`i${account.id}`];
  if (account.status === "deleted") return refs;
  refs.push(`c${account.code}`);
  if (account.externalId !== null) refs.push(`x${account.externalId}`);
  if (account.description.role !== null) refs.push(`r${account.description.role}`);
  return refs;
}
