import { type Account, type AccountFigures, type AccountTerms, copyFigures } from "./account.ts";
import { applyFact } from "./apply.ts";
import type { ApprovalPolicy, Principal } from "./approval.ts";
import type { LedgerIdentity, Source } from "./command.ts";
import type { Draft } from "./draft.ts";
import type { EntryPosted, Fact } from "./fact.ts";
import type { Hold } from "./hold.ts";
import type { PeriodLock } from "./period-lock.ts";
import type { Standing } from "./standing.ts";
import {
  type GroupEnd,
  isOpenDraft,
  isOpenGroupHold,
  isOpenHold,
  type LedgerState,
  type MutableLedgerState,
  type RecordedEntry,
  refsOf,
  type SharedHeld,
  sourceText,
} from "./state.ts";

/** A change in the making: what a request has decided so far, over a state that does not change. Dropped or merged as a whole. */
export class Overlay implements MutableLedgerState {
  readonly base: LedgerState;
  readonly atMs: number;
  identity: LedgerIdentity;
  sequence: number;
  locks: readonly PeriodLock[];
  standing: Standing;
  /** Opened or changed accounts; their figures, once any line names them, are in `touched`. */
  readonly accounts = new Map<number, Account>();
  readonly touched = new Map<number, AccountFigures>();
  /** Refs that have changed, null where no account has one any more. */
  readonly refs = new Map<string, number | null>();
  readonly externalIds = new Map<string, number>();
  readonly sources = new Map<string, number>();
  readonly reversals = new Map<number, number>();
  policy: ApprovalPolicy;
  shared: SharedHeld;
  readonly drafts = new Map<number, Draft>();
  readonly holds = new Map<number, Hold>();
  readonly groupEnds = new Map<string, GroupEnd>();
  /** The numbers of the write's own drafts and holds by external id and source; the draft itself says what has become of it since. */
  readonly #draftNames = new Map<string, number>();
  readonly #holdNames = new Map<string, number>();
  readonly #referencedBy = new Map<number, Principal | null>();
  readonly facts: Fact[] = [];
  readonly firstSequence: number;

  constructor(base: LedgerState, atMs: number) {
    this.base = base;
    this.atMs = atMs;
    this.identity = base.identity;
    this.sequence = base.sequence;
    this.firstSequence = base.sequence + 1;
    this.locks = base.locks;
    this.standing = base.standing;
    this.policy = base.policy;
    this.shared = base.shared;
  }

  /** Applies the facts of one command under the next sequences. */
  take(facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.sequence += 1;
      this.facts.push(fact);
      applyFact(this, fact, this.sequence, this.atMs);
    }
  }

  account(no: number): AccountTerms | undefined {
    return (this.accounts.size > 0 ? this.accounts.get(no) : undefined) ?? this.base.account(no);
  }

  figures(no: number): AccountFigures {
    return this.touched.get(no) ?? this.accounts.get(no) ?? this.base.figures(no);
  }

  accountNumber(ref: string): number | undefined {
    // Asked for each line of a bulk write: a string costs a map far more than a number does.
    const own = this.refs.size > 0 ? this.refs.get(ref) : undefined;
    return own === undefined ? this.base.accountNumber(ref) : (own ?? undefined);
  }

  parentsBelow(nos: readonly number[]): readonly number[] {
    const below = this.base.parentsBelow(nos);
    if (this.accounts.size === 0) return below;
    const asked = new Set<number | undefined>(nos);
    // What the write has put elsewhere, or others below, is among its own.
    const isBelow = ({ children, description: { parentId } }: Account) =>
      children > 0 && parentId !== null && asked.has(this.accountNumber(`i${parentId}`));
    const own = [...this.accounts.values()].filter(isBelow);
    return [...below.filter((no) => !this.accounts.has(no)), ...own.map(({ no }) => no)];
  }

  entry(sequence: number): RecordedEntry | undefined {
    if (sequence < this.firstSequence) return this.base.entry(sequence);
    const fact = this.facts[sequence - this.firstSequence];
    return fact?.kind === "entry_posted" ? { sequence, atMs: this.atMs, fact } : undefined;
  }

  entryByExternalId(externalId: string): RecordedEntry | undefined {
    const own = this.externalIds.get(externalId);
    return own === undefined ? this.base.entryByExternalId(externalId) : this.entry(own);
  }

  entryBySource(source: Source): RecordedEntry | undefined {
    const own = this.sources.get(sourceText(source));
    return own === undefined ? this.base.entryBySource(source) : this.entry(own);
  }

  reversalOf(sequence: number): number | undefined {
    return this.reversals.get(sequence) ?? this.base.reversalOf(sequence);
  }

  draft(no: number): Draft | undefined {
    return (this.drafts.size > 0 ? this.drafts.get(no) : undefined) ?? this.base.draft(no);
  }

  draftByExternalId(externalId: string): Draft | undefined {
    const isOf = (draft: Draft) => draft.content.externalId === externalId;
    return (
      this.#openDraft(numberNamed(this.#draftNames, externalIdName, externalId), isOf) ??
      this.#openDraft(this.base.draftByExternalId(externalId)?.no, isOf)
    );
  }

  draftBySource(source: Source): Draft | undefined {
    const text = sourceText(source);
    const isOf = (draft: Draft) => draft.content.source !== null && sourceText(draft.content.source) === text;
    return (
      this.#openDraft(numberNamed(this.#draftNames, sourceText, source), isOf) ?? this.#openDraft(this.base.draftBySource(source)?.no, isOf)
    );
  }

  #openDraft(no: number | undefined, isStill: (draft: Draft) => boolean): Draft | undefined {
    const draft = no === undefined ? undefined : this.draft(no);
    return draft !== undefined && isOpenDraft(draft) && isStill(draft) ? draft : undefined;
  }

  hold(no: number): Hold | undefined {
    return (this.holds.size > 0 ? this.holds.get(no) : undefined) ?? this.base.hold(no);
  }

  holdByExternalId(externalId: string): Hold | undefined {
    const own = numberNamed(this.#holdNames, externalIdName, externalId);
    return own === undefined ? this.base.holdByExternalId(externalId) : this.hold(own);
  }

  holdBySource(source: Source): Hold | undefined {
    const own = numberNamed(this.#holdNames, sourceText, source);
    return own === undefined ? this.base.holdBySource(source) : this.hold(own);
  }

  groupHoldsDated(from: string, to: string): readonly Hold[] {
    const below = this.base.groupHoldsDated(from, to).filter(({ no }) => !this.holds.has(no));
    const own = [...this.holds.values()].filter((hold) => isOpenGroupHold(hold) && hold.fact.date >= from && hold.fact.date <= to);
    return [...below, ...own];
  }

  hasEntries(): boolean {
    return this.base.hasEntries() || this.facts.some(({ kind }) => kind === "entry_posted");
  }

  openDrafts(): number {
    return countWith(this.base.openDrafts(), this.drafts, isOpenDraft, (no) => this.base.draft(no));
  }

  openHolds(): number {
    return countWith(this.base.openHolds(), this.holds, isOpenHold, (no) => this.base.hold(no));
  }

  openHoldsOf(groupId: string): readonly Hold[] {
    const below = this.base.openHoldsOf(groupId).filter(({ no }) => !this.holds.has(no));
    return [...below, ...[...this.holds.values()].filter((hold) => hold.status === "open" && hold.fact.groupId === groupId)];
  }

  groupEnd(groupId: string): GroupEnd | undefined {
    return this.groupEnds.get(groupId) ?? this.base.groupEnd(groupId);
  }

  touchTerms(no: number): AccountTerms {
    const own = this.accounts.get(no);
    if (own !== undefined) return own;
    const below = this.base.account(no);
    if (below === undefined) throw new Error(`assertion failed: a fact names account ${no}, which the ledger has`);
    const copy = { ...below, ...copyFigures(this.figures(no)) };
    this.accounts.set(no, copy);
    return copy;
  }

  touchFigures(no: number): AccountFigures {
    const own = this.touched.get(no);
    if (own !== undefined) return own;
    const copy = copyFigures(this.figures(no));
    this.touched.set(no, copy);
    return copy;
  }

  addAccount(account: Account): void {
    this.accounts.set(account.no, account);
    for (const ref of refsOf(account)) this.refs.set(ref, account.no);
  }

  indexAccount(before: AccountTerms, after: AccountTerms): void {
    for (const ref of refsOf(before)) this.refs.set(ref, null);
    for (const ref of refsOf(after)) this.refs.set(ref, after.no);
  }

  addEntry(sequence: number, _atMs: number, fact: EntryPosted): void {
    if (fact.externalId !== null) this.externalIds.set(fact.externalId, sequence);
    if (fact.source !== null) this.sources.set(sourceText(fact.source), sequence);
  }

  postingReferenceBy(sequence: number): Principal | null | undefined {
    return this.#referencedBy.has(sequence) ? this.#referencedBy.get(sequence) : this.base.postingReferenceBy(sequence);
  }

  setPostingReference(entry: number, by: Principal | null): void {
    this.#referencedBy.set(entry, by);
  }

  setReversal(original: number, reversal: number): void {
    this.reversals.set(original, reversal);
  }

  setLocks(locks: readonly PeriodLock[]): void {
    this.locks = locks;
  }

  setIdentity(identity: LedgerIdentity): void {
    this.identity = identity;
  }

  setPolicy(policy: ApprovalPolicy): void {
    this.policy = policy;
  }

  setShared(shared: SharedHeld): void {
    this.shared = shared;
  }

  setStanding(standing: Standing): void {
    this.standing = standing;
  }

  setDraft(draft: Draft): void {
    this.drafts.set(draft.no, draft);
    const { externalId, source } = draft.content;
    if (externalId !== null) this.#draftNames.set(externalIdName(externalId), draft.no);
    if (source !== null) this.#draftNames.set(sourceText(source), draft.no);
  }

  setHold(hold: Hold): void {
    this.holds.set(hold.no, hold);
    const { externalId, source } = hold.fact;
    if (externalId !== null) this.#holdNames.set(externalIdName(externalId), hold.no);
    if (source !== null) this.#holdNames.set(sourceText(source), hold.no);
  }

  setGroupEnd(groupId: string, end: GroupEnd): void {
    this.groupEnds.set(groupId, end);
  }
}

/** The count of what is open below, with what the write makes of it. */
function countWith<T>(
  below: number,
  own: ReadonlyMap<number, T>,
  isOpen: (one: T) => boolean,
  before: (no: number) => T | undefined,
): number {
  let count = below;
  for (const [no, now] of own) {
    const earlier = before(no);
    count += Number(isOpen(now)) - Number(earlier !== undefined && isOpen(earlier));
  }
  return count;
}

/** Most writes have neither drafts nor holds, and make no text to look for any. */
function numberNamed<T>(names: ReadonlyMap<string, number>, textOf: (named: T) => string, named: T): number | undefined {
  return names.size === 0 ? undefined : names.get(textOf(named));
}

/** Apart from every source, which is three texts. */
function externalIdName(externalId: string): string {
  return `x${externalId}`;
}
