import { present } from "../../../kernel/assert.ts";
import type { EntryPosted, Fact, HoldPlaced } from "../../domain/fact.ts";
import { readMeta, writeMeta } from "../log/meta.ts";
import { Flush } from "./flush.ts";
import { flushPace, frozenAt, type LedgerLimits, mergePace } from "./limits.ts";
import { RunSet } from "./run-set.ts";
import type { SortedSource } from "./sorted-source.ts";
import type { HashedKind, RunKind } from "./stored-run.ts";
import { type AccountTotal, Tail } from "./tail.ts";
import type { TermKey } from "./term-hash.ts";

/** How far the index on disk has come, and what it counts. */
interface Progress {
  readonly flushedTo: number;
  readonly entries: number;
  readonly lines: number;
  /** Entries of a source other than the API; an index that an earlier release began does not say. */
  readonly sourced?: number;
  /** The end of the tail that is on its way into the index. */
  readonly frozenTo?: number;
}

const nothing: Progress = { flushedTo: 0, entries: 0, lines: 0, sourced: 0 };

/**
 * The index behind the journal: for each kind of order runs of sorted records on disk, each whole and never changed, and the tail of what they lack in memory.
 * A tail that is full becomes a run of each kind; as soon as a level has enough runs they become one of the next (P. O'Neil and others,
 * The log-structured merge-tree, Acta Informatica 33, 1996). Every write does a small part of that work, so that nothing piles up and nothing pauses.
 */
export class EntryIndex {
  readonly #storage: DurableObjectStorage;
  readonly limits: LedgerLimits;
  readonly runs: RunSet;
  #progress = nothing;
  #termKey: TermKey = [0, 0];
  #tail = new Tail(1, this.#termKey);
  #frozen: Tail | undefined;
  #tails: readonly Tail[] = [this.#tail];
  #flush: Flush | undefined;
  /** Records that the writes so far owe to the work on the runs. */
  #owed = 0;
  #stepsDone = 0;

  constructor(storage: DurableObjectStorage, limits: LedgerLimits) {
    this.#storage = storage;
    this.limits = limits;
    this.runs = new RunSet(storage, limits);
  }

  /** Finds what is on disk. Before the first fact is replayed. */
  load(): void {
    const { sql } = this.#storage;
    // What a generation begins with is no entry.
    this.#progress = readMeta<Progress>(sql, "index") ?? { ...nothing, flushedTo: readMeta<number>(sql, "carried_to") ?? 0 };
    this.runs.load();
    this.#termKey = present(readMeta<TermKey>(this.#storage.sql, "term_key"), "a ledger has the key of its terms");
    this.#tail = new Tail(this.#progress.flushedTo + 1, this.#termKey);
    this.#tails = [this.#tail];
  }

  /** The key that terms are hashed with. */
  get termKey(): TermKey {
    return this.#termKey;
  }

  /** The sequence up to which the runs have everything. */
  get flushedTo(): number {
    return this.#progress.flushedTo;
  }

  get entryCount(): number {
    return this.#progress.entries + (this.#frozen?.entryCount ?? 0) + this.#tail.entryCount;
  }

  /** Entries that were posted by themselves, where that is known. */
  get ownCount(): number | undefined {
    const { sourced } = this.#progress;
    return sourced === undefined ? undefined : this.entryCount - sourced - (this.#frozen?.sourcedCount ?? 0) - this.#tail.sourcedCount;
  }

  get lineCount(): number {
    return this.#progress.lines + (this.#frozen?.lineCount ?? 0) + this.#tail.lineCount;
  }

  /** What is in memory only, oldest first. */
  get tails(): readonly Tail[] {
    return this.#tails;
  }

  /** Everything of a kind, on disk and in memory. */
  sources(kind: RunKind): SortedSource[] {
    return [...this.runs.of(kind), ...this.tails.map((tail) => tail.sorted(kind))];
  }

  /** The sequences that may have a term or a key: those that have its hash. */
  sequencesOf(kind: HashedKind, hash: number): readonly number[] {
    const stored = this.runs.sequencesOf(kind, hash);
    const [tail, another] = this.#tails;
    const first = tail?.sequencesOf(kind, hash);
    const second = another?.sequencesOf(kind, hash);
    return first === undefined && second === undefined ? stored : [...stored, ...(first ?? []), ...(second ?? [])];
  }

  /** What an account has on disk: everything ever posted to it up to `flushedTo`. */
  accountTotal(no: number): AccountTotal {
    const row = this.#storage.sql
      .exec<{ debits: string; credits: string; lines: number }>(
        "SELECT CAST(debits AS TEXT) AS debits, CAST(credits AS TEXT) AS credits, lines FROM account_total WHERE no = ?",
        no,
      )
      .toArray()[0];
    return row === undefined
      ? { debits: 0n, credits: 0n, lines: 0 }
      : { debits: BigInt(row.debits), credits: BigInt(row.credits), lines: row.lines };
  }

  add(sequence: number, fact: EntryPosted, bytes: number): void {
    this.#tail.add(sequence, fact, bytes);
  }

  addClaim(key: string, sequence: number): void {
    this.#tail.addClaim(key, sequence);
  }

  /** Adds the names of a hold, which are its own for ever: later generations find them here. */
  addNames(sequence: number, fact: HoldPlaced): void {
    this.#tail.addNames(sequence, fact);
  }

  /** Writes out all that is in memory: the runs then have everything. */
  writeOutAll(nowMs: number): void {
    if (this.#frozen !== undefined) this.#writeOut(nowMs);
    if (this.#tail.weight > 0) this.#writeOut(nowMs);
  }

  /**
   * Takes back into memory what a fact after `flushedTo` says, and the key of its commit, which stands with the commit's last; on start, in order of the log.
   * Writes the tail out where it is full: a lost index is told again like this.
   */
  replay(sequence: number, fact: Fact, bytes: number, key: string | undefined): void {
    const { frozenTo } = this.#progress;
    if (frozenTo !== undefined && this.#frozen === undefined && sequence > frozenTo) this.#freezeAt(frozenTo);
    const { weight, bytes: tailBytes } = this.#tail;
    if (weight > this.limits.tailLinesMax || tailBytes > this.limits.tailBytesMax) this.#writeOut(0);
    if (fact.kind === "entry_posted") this.#tail.add(sequence, fact, bytes);
    else if (fact.kind === "hold_placed") this.#tail.addNames(sequence, fact);
    if (key !== undefined) this.#tail.addClaim(key, sequence);
  }

  /** After the last fact was replayed. */
  replayed(): void {
    const { frozenTo } = this.#progress;
    if (frozenTo !== undefined && this.#frozen === undefined) this.#freezeAt(frozenTo);
  }

  /** Does this write's part of the work, and makes sure that the tail stays within its bound with so many lines more. Returns whether the disk has grown by it. */
  makeRoom(lines: number, nowMs: number): boolean {
    const before = this.#stepsDone;
    if (this.#isFull(lines)) {
      if (this.#frozen !== undefined) this.#writeOut(nowMs);
      this.#freeze();
    }
    const pace = (this.#flush === undefined ? 0 : flushPace) + mergePace * this.runs.due;
    this.#owed += Math.max(lines, 1) * pace;
    while (this.#owed >= this.limits.blockRecords) {
      const done = this.#step(nowMs);
      this.#owed = done === 0 ? 0 : this.#owed - done;
    }
    return this.#stepsDone > before;
  }

  /** Three quarters of the bound: the rest is for what comes while they are on their way. */
  #isFull(lines: number): boolean {
    const { weight, bytes } = this.#tail;
    const { tailLinesMax, tailBytesMax } = this.limits;
    return weight >= tailLinesMax * frozenAt || bytes >= tailBytesMax * frozenAt || (weight > 0 && weight + lines > tailLinesMax);
  }

  #freeze(): void {
    if (this.#tail.weight === 0) return;
    const frozenTo = this.#tail.toSequence;
    this.#progress = { ...this.#progress, frozenTo };
    writeMeta(this.#storage.sql, "index", this.#progress);
    this.#freezeAt(frozenTo);
  }

  #freezeAt(frozenTo: number): void {
    this.#frozen = this.#tail;
    this.#tail = new Tail(frozenTo + 1, this.#termKey);
    this.#tails = [this.#frozen, this.#tail];
    this.#flush = new Flush(this.#frozen, this.limits.blockRecords, () => this.runs.newRunId());
  }

  /** Writes the frozen tail to its end. */
  #writeOut(nowMs: number): void {
    if (this.#frozen === undefined) this.#freeze();
    while (this.#flush !== undefined) this.#step(nowMs);
  }

  /** One block of work: the frozen tail first. Returns for how many records it counts, 0 where there is none. */
  #step(nowMs: number): number {
    this.#stepsDone += 1;
    return this.#flush === undefined ? this.runs.step() : this.#stepFlush(this.#flush, nowMs);
  }

  #stepFlush(flush: Flush, nowMs: number): number {
    const { sql } = this.#storage;
    // Of a flush that was cut off nothing is taken: see RunSet.load.
    if (flush.step(sql)) return this.limits.blockRecords;
    this.#storage.transactionSync(() => {
      const tail = present(this.#frozen, "a tail is being flushed");
      const { entries, lines, sourced } = this.#progress;
      this.runs.add(flush.finish(sql), tail, nowMs);
      this.#progress = {
        flushedTo: tail.toSequence,
        entries: entries + tail.entryCount,
        lines: lines + tail.lineCount,
        ...(sourced === undefined ? {} : { sourced: sourced + tail.sourcedCount }),
      };
      writeMeta(sql, "index", this.#progress);
      this.#frozen = undefined;
      this.#tails = [this.#tail];
      this.#flush = undefined;
    });
    return this.limits.blockRecords;
  }
}
