import { present } from "../../../kernel/assert.ts";
import { decodeAddress, isUuid } from "../../../kernel/id.ts";
import { type Account, type AccountFigures, setFigures } from "../../domain/account.ts";
import type { ApprovalPolicy, Principal } from "../../domain/approval.ts";
import type { Draft } from "../../domain/draft.ts";
import type { EntryPosted } from "../../domain/fact.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import type { Hold } from "../../domain/hold.ts";
import { Overlay } from "../../domain/overlay.ts";
import type { PeriodLock } from "../../domain/period-lock.ts";
import { neverRemoved, type Standing } from "../../domain/standing.ts";
import { type GroupEnd, type LedgerState, type RecordedEntry, refsOf, type SharedHeld, sourceText } from "../../domain/state.ts";
import type { Command, LedgerIdentity, Source } from "../../rpc.ts";
import { type Claim, decodeContext, type JournalRow, readFacts, readRareFacts, readRow, readRows } from "../log/journal.ts";
import { readMeta } from "../log/meta.ts";
import { childCountStatements } from "../log/schema.ts";
import { type AccountRow, accountOfRow, type PendingTotal, parentsBelow } from "./account-rows.ts";
import { dropTables, markTables, writeEagerTables } from "./eager-tables.ts";
import { alone, type Earlier } from "./earlier.ts";
import type { EntryIndex } from "./entry-index.ts";
import type { AccountTotal } from "./entry-tail.ts";
import { RefNumbers } from "./ref-numbers.ts";
import { locksAt } from "./stored-locks.ts";
import { StoredUnposted } from "./stored-unposted.ts";
import { externalIdTerm, groupTerm, sourceTerm } from "./terms.ts";
import { writerOf } from "./unposted.ts";

/** Accounts in memory; beyond this those that came first are dropped. A ledger may have millions, an isolate has 128 MB. */
const accountsInMemoryMax = 50_000;

const nothingShared: SharedHeld = { revision: 0, sequence: 0 };
const nothingCarried: AccountTotal = { debits: 0n, credits: 0n, lines: 0 };

/** The committed state: memory where it is warm, the tables below it. Never ahead of the disk. */
export class StoredState implements LedgerState {
  readonly #sql: SqlStorage;
  identity: LedgerIdentity;
  sequence = 0;
  /** The first sequence of this generation's own log. */
  firstSequence = 1;
  /** The last sequence of the facts that it began with. */
  carriedTo = 0;
  /** The generations before it, and what they have answered to what is being done. */
  earlier: Earlier = alone;
  /** Set while a later generation asks: what was open at the end is described there. */
  isBehind = false;
  locks: readonly PeriodLock[] = [];
  policy: ApprovalPolicy = "none";
  shared: SharedHeld = nothingShared;
  standing: Standing = neverRemoved;
  #accountCount: number | undefined;
  readonly index: EntryIndex;
  readonly unposted: StoredUnposted;
  readonly #accounts = new Map<number, Account>();
  readonly #refs = new RefNumbers();

  constructor(sql: SqlStorage, index: EntryIndex, identity: LedgerIdentity) {
    this.#sql = sql;
    this.index = index;
    this.identity = identity;
    this.unposted = new StoredUnposted(sql, this);
  }

  account(no: number): Account | undefined {
    const cached = this.#accounts.get(no);
    if (cached !== undefined) return cached;
    const row = this.#sql.exec<AccountRow>("SELECT * FROM account WHERE no = ?", no).toArray()[0];
    return row && this.#load(row);
  }

  figures(no: number): AccountFigures {
    return present(this.account(no), "figures are asked of an account that exists");
  }

  accountNumber(ref: string): number | undefined {
    const cached = this.#refs.get(ref);
    if (cached !== undefined) return cached;
    const text = ref.slice(1);
    const query = ref.startsWith("i")
      ? "SELECT * FROM account WHERE id = ?"
      : ref.startsWith("c")
        ? "SELECT * FROM account WHERE code = ? AND status <> 'deleted'"
        : ref.startsWith("r")
          ? "SELECT * FROM account WHERE role = ? AND status <> 'deleted'"
          : "SELECT * FROM account WHERE external_id = ? AND status <> 'deleted'";
    // An id carries the account's number; the others have an index.
    const row = ref.startsWith("i") ? this.#accountRowById(text) : this.#sql.exec<AccountRow>(query, text).toArray()[0];
    if (row === undefined) return undefined;
    if (!this.#accounts.has(row.no)) this.#load(row);
    return row.no;
  }

  parentsBelow(nos: readonly number[]): readonly number[] {
    return parentsBelow(this.#sql, nos);
  }

  #accountRowById(id: string): AccountRow | undefined {
    // The sequence is the last 41 bits of the id, and the account's number is that sequence.
    const no = Number.parseInt(id.slice(24), 16) % 2 ** 41;
    if (!Number.isSafeInteger(no)) return undefined;
    const row = this.#sql.exec<AccountRow>("SELECT * FROM account WHERE no = ?", no).toArray()[0];
    return row?.id === id ? row : undefined;
  }

  #load(row: AccountRow): Account {
    const account = accountOfRow(row, this.totals(row.no), this.#pending(row.no));
    this.#remember(account);
    return account;
  }

  /** Everything ever posted to an account: what was carried over, what is on disk and what the tails have. */
  totals(no: number): AccountTotal {
    let { debits, credits, lines } = this.index.accountTotal(no);
    const carried = this.carried(no);
    debits += carried.debits;
    credits += carried.credits;
    lines += carried.lines;
    for (const tail of this.index.tails) {
      const total = tail.totalOf(no);
      if (total === undefined) continue;
      debits += total.debits;
      credits += total.credits;
      lines += total.lines;
    }
    return { debits, credits, lines };
  }

  /** What the generations before had posted to an account. */
  carried(no: number): AccountTotal {
    const row =
      no < this.firstSequence
        ? this.#sql
            .exec<{ debits: string; credits: string; lines: number }>(
              "SELECT CAST(debits AS TEXT) AS debits, CAST(credits AS TEXT) AS credits, lines FROM account_carried WHERE no = ?",
              no,
            )
            .toArray()[0]
        : undefined;
    return row === undefined ? nothingCarried : { debits: BigInt(row.debits), credits: BigInt(row.credits), lines: row.lines };
  }

  #pending(no: number): PendingTotal {
    const row = this.unposted.hasHolds
      ? this.#sql
          .exec<{ debits: number; credits: number; changes: number }>(
            "SELECT debits, credits, changes FROM account_pending WHERE no = ?",
            no,
          )
          .toArray()[0]
      : undefined;
    return row ?? { debits: 0, credits: 0, changes: 0 };
  }

  #remember(account: Account): void {
    this.#accounts.set(account.no, account);
    for (const ref of refsOf(account)) this.#refs.set(ref, account.no);
  }

  /** Drops the accounts that came first, once there are too many. Between commands only: nobody has one across. */
  trim(): void {
    if (this.#accounts.size <= accountsInMemoryMax) return;
    for (const [no, account] of this.#accounts) {
      if (this.#accounts.size <= accountsInMemoryMax * 0.8) break;
      this.#accounts.delete(no);
      for (const ref of refsOf(account)) this.#refs.delete(ref);
    }
  }

  entry(sequence: number): RecordedEntry | undefined {
    if (sequence > this.sequence) return undefined;
    const row = this.row(sequence);
    return row && recordedEntry(row);
  }

  /** What the log has at a sequence, this generation's or an earlier one's. */
  row(sequence: number): JournalRow | undefined {
    return readRow(this.#sql, sequence) ?? (sequence < this.firstSequence ? this.earlier.row(sequence) : undefined);
  }

  /** Has the rows of all of these sequences at hand, of those that stand in earlier generations alone. */
  prepare(sequences: readonly (number | null)[]): void {
    if (this.firstSequence === 1) return;
    const elsewhere: number[] = [];
    for (const sequence of sequences)
      if (sequence !== null && sequence < this.firstSequence && readRow(this.#sql, sequence) === undefined) elsewhere.push(sequence);
    this.earlier.prepare(elsewhere);
  }

  /** The rows of the given sequences, in the order given. */
  rows(sequences: readonly number[]): JournalRow[] {
    const own = readRows(this.#sql, sequences);
    if (own.length === sequences.length) return own;
    this.prepare(sequences);
    const bySequence = new Map(own.map((row) => [row.seq, row]));
    return sequences.flatMap((sequence) => bySequence.get(sequence) ?? this.row(sequence) ?? []);
  }

  entryByExternalId(externalId: string): RecordedEntry | undefined {
    return this.#confirm(externalIdTerm(this.index.termKey, externalId), ({ fact }) => fact.externalId === externalId);
  }

  entryBySource(source: Source): RecordedEntry | undefined {
    const text = sourceText(source);
    return this.#confirm(sourceTerm(this.index.termKey, source), ({ fact }) => fact.source !== null && sourceText(fact.source) === text);
  }

  #confirm(hash: number, matches: (entry: RecordedEntry) => boolean): RecordedEntry | undefined {
    for (const sequence of this.index.sequencesOf("term", hash)) {
      const entry = this.entry(sequence);
      if (entry !== undefined && matches(entry)) return entry;
    }
    return undefined;
  }

  /** Sequences of earlier generations that the names in a command may lead to: fetched together, before a write of many asks for each. */
  *earlierNamed(command: Command): Generator<number> {
    if ("externalId" in command && typeof command.externalId === "string")
      yield* this.index.sequencesOf("term", externalIdTerm(this.index.termKey, command.externalId));
    if ("source" in command && command.source !== undefined)
      yield* this.index.sequencesOf("term", sourceTerm(this.index.termKey, command.source));
    if ("groupId" in command && typeof command.groupId === "string")
      yield* this.index.sequencesOf("term", groupTerm(this.index.termKey, command.groupId));
    const ids = [
      "entryId" in command ? command.entryId : undefined,
      "holdId" in command ? command.holdId : undefined,
      "replaces" in command ? command.replaces : undefined,
    ];
    for (const id of ids) {
      const address = id === undefined ? undefined : decodeAddress(id);
      if (address === undefined) continue;
      yield address.sequence;
      const draft = address.kind === "entry" ? this.unposted.ownDraft(address.sequence) : undefined;
      if (typeof draft?.content.reversalOf === "number") yield draft.content.reversalOf;
    }
  }

  reversalOf(sequence: number): number | undefined {
    const own = this.#sql.exec<{ reversal: number }>("SELECT reversal FROM reversal WHERE original = ?", sequence).toArray()[0]?.reversal;
    return own ?? (sequence < this.firstSequence ? this.earlier.fact(sequence)?.reversal?.seq : undefined);
  }

  postingReferenceBy(sequence: number): Principal | undefined {
    const own = this.#sql
      .exec<{ seq: number }>("SELECT seq FROM posting_reference WHERE entry = ? ORDER BY seq DESC LIMIT 1", sequence)
      .toArray()[0]?.seq;
    const noted = own ?? (sequence < this.firstSequence ? this.earlier.fact(sequence)?.references.at(-1)?.[0] : undefined);
    return noted === undefined ? undefined : writerOf(this, noted);
  }

  draft(no: number): Draft | undefined {
    return this.unposted.draft(no);
  }

  draftByExternalId(externalId: string): Draft | undefined {
    return this.unposted.draftByExternalId(externalId);
  }

  draftBySource(source: Source): Draft | undefined {
    return this.unposted.draftBySource(source);
  }

  openDrafts(): number {
    return this.unposted.openDrafts();
  }

  hold(no: number): Hold | undefined {
    return this.unposted.hold(no);
  }

  holdByExternalId(externalId: string): Hold | undefined {
    return this.unposted.holdByExternalId(externalId);
  }

  holdBySource(source: Source): Hold | undefined {
    return this.unposted.holdBySource(source);
  }

  groupHoldsDated(from: string, to: string): readonly Hold[] {
    return this.unposted.groupHoldsDated(from, to);
  }

  openHolds(): number {
    return this.unposted.openHolds();
  }

  openHoldsOf(groupId: string): readonly Hold[] {
    return this.unposted.openHoldsOf(groupId);
  }

  groupEnd(groupId: string): GroupEnd | undefined {
    return this.unposted.groupEnd(groupId);
  }

  hasEntries(): boolean {
    const isCarried = () => this.#sql.exec("SELECT 1 FROM account_carried WHERE lines > 0 LIMIT 1").toArray().length > 0;
    return this.index.entryCount > 0 || (this.firstSequence > 1 && isCarried());
  }

  /** Accounts that are not deleted. Counted once. */
  get accountCount(): number {
    this.#accountCount ??= this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM account WHERE status <> 'deleted'").one().n;
    return this.#accountCount;
  }

  /** Merges what an overlay decided into memory, once it is on disk. */
  merge(overlay: Overlay, bytesOf: readonly number[], claim: Claim | undefined): void {
    this.#mergeChanges(overlay);
    for (let i = 0; i < overlay.facts.length; i++) {
      const fact = overlay.facts[i];
      if (fact?.kind === "entry_posted") this.index.add(overlay.firstSequence + i, fact, bytesOf[i] ?? 0);
      else if (fact?.kind === "hold_placed") this.index.addNames(overlay.firstSequence + i, fact);
      else if (fact?.kind === "group_ended") this.index.addGroupEnd(overlay.firstSequence + i, fact);
    }
    if (claim !== undefined) this.index.addClaim(claim.key, overlay.sequence);
  }

  /** Rebuilds the tables that are written with their facts from the log. Memory is of no use afterwards: what was only posted is not in it. */
  rebuildTables(): void {
    dropTables(this.#sql);
    for (const { seq, fact, atMs } of readRareFacts(this.#sql)) {
      this.sequence = seq - 1;
      const overlay = new Overlay(this, atMs);
      overlay.take([fact]);
      writeEagerTables(this.#sql, overlay);
      this.#mergeChanges(overlay);
    }
    // What a generation of an earlier build was handed over has no counts.
    for (const statement of childCountStatements()) this.#sql.exec(statement);
    markTables(this.#sql);
  }

  #mergeChanges(overlay: Overlay): void {
    for (const account of overlay.accounts.values()) {
      const before = this.#accounts.get(account.no);
      if (before !== undefined && before.revision !== account.revision) for (const ref of refsOf(before)) this.#refs.delete(ref);
      if (before === undefined || before.revision !== account.revision) for (const ref of refsOf(account)) this.#refs.set(ref, account.no);
      this.#accounts.set(account.no, account);
    }
    if (this.#accountCount !== undefined && overlay.accounts.size > 0) {
      for (const fact of overlay.facts) {
        if (fact.kind === "account_opened") this.#accountCount += 1;
        else if (fact.kind === "account_changed" && fact.status === "deleted") this.#accountCount -= 1;
      }
    }
    for (const [no, figures] of overlay.touched) setFigures(this.figures(no), figures);
    this.unposted.merge(overlay);
    this.policy = overlay.policy;
    this.shared = overlay.shared;
    this.standing = overlay.standing;
    this.identity = overlay.identity;
    this.locks = overlay.locks;
    this.sequence = overlay.sequence;
  }

  /** Folds into memory what was committed after the index was last written. */
  replay(head: number): void {
    this.sequence = head;
    for (const { seq, fact, bytes, context } of readFacts(this.#sql, this.index.flushedTo, head)) {
      this.index.replay(seq, fact, bytes, context === null ? undefined : decodeContext(context).claim?.key);
    }
    this.index.replayed();
  }

  /** Finds what is asked for at every turn. */
  load(): void {
    this.locks = locksAt(this.#sql, Number.MAX_SAFE_INTEGER);
    this.policy = readMeta<ApprovalPolicy>(this.#sql, "approval_policy") ?? "none";
    this.shared = readMeta<SharedHeld>(this.#sql, "shared_record") ?? nothingShared;
    this.standing = readMeta<Standing>(this.#sql, "standing") ?? neverRemoved;
    this.unposted.load();
    this.carriedTo = readMeta<number>(this.#sql, "carried_to") ?? 0;
    this.firstSequence = this.#sql.exec<{ first: number | null }>("SELECT min(seq) AS first FROM journal").one().first ?? 1;
  }
}

function recordedEntry(row: JournalRow): RecordedEntry | undefined {
  if (!row.body.startsWith('{"kind":"entry_posted"')) return undefined;
  const fact = decodeEntry(row.body);
  return { sequence: row.seq, atMs: row.context.atMs, fact };
}

function decodeEntry(body: string): EntryPosted {
  const fact = decodeFact(body);
  if (fact.kind !== "entry_posted") throw new Error("assertion failed: the row is an entry");
  return fact;
}

/** The account of an id from outside; a deleted one is gone. */
export function accountById(state: StoredState, id: string): Account | undefined {
  if (!isUuid(id)) return undefined;
  const no = state.accountNumber(`i${id}`);
  const account = no === undefined ? undefined : state.account(no);
  return account?.status === "deleted" ? undefined : account;
}
