import type { Account } from "./account.ts";
import { applyFact } from "./apply.ts";
import type { LedgerIdentity, Source } from "./command.ts";
import type { EntryPosted, Fact } from "./fact.ts";
import type { PeriodLock } from "./period-lock.ts";

/** A posted entry with its place in the log. */
export interface RecordedEntry {
  readonly sequence: number;
  readonly atMs: number;
  readonly fact: EntryPosted;
}

/** What `decide` may ask. Answers are those of the moment before the command. */
export interface LedgerState {
  readonly identity: LedgerIdentity;
  /** The sequence of the last fact. */
  readonly sequence: number;
  readonly locks: readonly PeriodLock[];
  account(no: number): Account | undefined;
  /** By `i…` id, `c…` code, `x…` external id or `r…` role. Deleted accounts are found by id only. */
  accountNumber(ref: string): number | undefined;
  entry(sequence: number): RecordedEntry | undefined;
  entryByExternalId(externalId: string): RecordedEntry | undefined;
  entryBySource(source: Source): RecordedEntry | undefined;
  /** The sequence of the entry that reversed this one. */
  reversalOf(sequence: number): number | undefined;
}

/** What `apply` may change, on top of asking. */
export interface MutableLedgerState extends LedgerState {
  /** A copy of the account that may be changed. */
  touch(no: number): Account;
  addAccount(account: Account): void;
  /** Called after an account's code, external id, role or status has changed. */
  indexAccount(before: Account, after: Account): void;
  addEntry(entry: RecordedEntry): void;
  setReversal(original: number, reversal: number): void;
  setLocks(locks: readonly PeriodLock[]): void;
  setIdentity(identity: LedgerIdentity): void;
}

export function sourceText(source: Source): string {
  return `${source.type}\u0000${source.id}\u0000${source.step}`;
}

/** A change in the making: what a request has decided so far, over a state that does not change. Dropped or merged as a whole. */
export class Overlay implements MutableLedgerState {
  readonly base: LedgerState;
  readonly atMs: number;
  identity: LedgerIdentity;
  sequence: number;
  locks: readonly PeriodLock[];
  readonly accounts = new Map<number, Account>();
  readonly refs = new Map<string, number | undefined>();
  readonly entries = new Map<number, RecordedEntry>();
  readonly externalIds = new Map<string, RecordedEntry>();
  readonly sources = new Map<string, RecordedEntry>();
  readonly reversals = new Map<number, number>();
  readonly facts: Fact[] = [];
  readonly firstSequence: number;

  constructor(base: LedgerState, atMs: number) {
    this.base = base;
    this.atMs = atMs;
    this.identity = base.identity;
    this.sequence = base.sequence;
    this.firstSequence = base.sequence + 1;
    this.locks = base.locks;
  }

  /** Takes the facts of one command: they get the next sequences and are applied. */
  take(facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.sequence += 1;
      this.facts.push(fact);
      applyFact(this, fact, this.sequence, this.atMs);
    }
  }

  account(no: number): Account | undefined {
    return this.accounts.get(no) ?? this.base.account(no);
  }

  accountNumber(ref: string): number | undefined {
    if (this.refs.size > 0 && this.refs.has(ref)) return this.refs.get(ref);
    return this.base.accountNumber(ref);
  }

  entry(sequence: number): RecordedEntry | undefined {
    return this.entries.get(sequence) ?? this.base.entry(sequence);
  }

  entryByExternalId(externalId: string): RecordedEntry | undefined {
    return this.externalIds.get(externalId) ?? this.base.entryByExternalId(externalId);
  }

  entryBySource(source: Source): RecordedEntry | undefined {
    return this.sources.get(sourceText(source)) ?? this.base.entryBySource(source);
  }

  reversalOf(sequence: number): number | undefined {
    return this.reversals.get(sequence) ?? this.base.reversalOf(sequence);
  }

  touch(no: number): Account {
    const own = this.accounts.get(no);
    if (own !== undefined) return own;
    const below = this.base.account(no);
    if (below === undefined) throw new Error(`assertion failed: a fact names account ${no}, which the ledger has`);
    const copy = copyAccount(below);
    this.accounts.set(no, copy);
    return copy;
  }

  addAccount(account: Account): void {
    this.accounts.set(account.no, account);
    for (const ref of refsOf(account)) this.refs.set(ref, account.no);
  }

  indexAccount(before: Account, after: Account): void {
    for (const ref of refsOf(before)) this.refs.set(ref, undefined);
    for (const ref of refsOf(after)) this.refs.set(ref, after.no);
  }

  addEntry(entry: RecordedEntry): void {
    this.entries.set(entry.sequence, entry);
    if (entry.fact.externalId !== null) this.externalIds.set(entry.fact.externalId, entry);
    if (entry.fact.source !== null) this.sources.set(sourceText(entry.fact.source), entry);
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
}

/** Under which texts an account is found. A deleted one keeps only its id. */
export function refsOf(account: Account): string[] {
  const refs = [`i${account.id}`];
  if (account.status === "deleted") return refs;
  refs.push(`c${account.code}`);
  if (account.externalId !== null) refs.push(`x${account.externalId}`);
  if (account.description.role !== null) refs.push(`r${account.description.role}`);
  return refs;
}

/** Written out, because a spread of a twenty-field object on every touched account shows in bulk posting. */
export function copyAccount(account: Account): Account {
  return {
    no: account.no,
    id: account.id,
    code: account.code,
    externalId: account.externalId,
    type: account.type,
    description: account.description,
    minBalance: account.minBalance,
    maxBalance: account.maxBalance,
    status: account.status,
    createdAtMs: account.createdAtMs,
    revision: account.revision,
    formerCodes: account.formerCodes,
    balance: account.balance,
    debits: account.debits,
    credits: account.credits,
    version: account.version,
  };
}
