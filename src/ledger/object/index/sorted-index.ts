import { present } from "../../../kernel/assert.ts";
import { readMeta, writeMeta } from "../log/meta.ts";
import { Flush } from "./flush.ts";
import { flushPace, frozenAt, type IndexLimits, mergePace } from "./index-limits.ts";
import type { RecordKinds } from "./record-kind.ts";
import { RunSet } from "./run-set.ts";
import type { SortedSource } from "./sorted-source.ts";
import type { Tail } from "./tail.ts";
import type { TermKey } from "./term-hash.ts";

/** What an index is given to know of its records. `C`: what it counts of them. */
export interface IndexPlan<K extends string, T extends Tail<K>, C extends object> {
  readonly kinds: RecordKinds<K>;
  readonly newTail: (fromSequence: number, termKey: TermKey) => T;
  readonly nothingCounted: C;
  /** The counts of what the runs have, with a tail that has become runs. */
  readonly withCounted: (counts: C, tail: T) => C;
  /** Writes what of a tail stands beside the runs. In the transaction in which they begin to answer. */
  readonly writeBeside: (sql: SqlStorage, tail: T) => void;
  /** When the fact of a sequence was written, in Unix milliseconds; undefined where nothing says. */
  readonly writtenAtMs: (sql: SqlStorage, sequence: number) => number | undefined;
}

/** How far the index on disk has come, beside what it counts. `frozenTo`: the end of the tail that is on its way into it. */
interface Progress {
  readonly flushedTo: number;
  readonly frozenTo?: number | undefined;
}

/**
 * The index behind the journal: for each kind of record runs of sorted records on disk, each whole and never changed, and the tail of what they lack in memory.
 * A tail that is full becomes a run of each kind; as soon as a level has enough runs they become one of the next (P. O'Neil and others,
 * The log-structured merge-tree, Acta Informatica 33, 1996). Every write does a small part of that work, so that nothing piles up and nothing pauses.
 */
export class SortedIndex<K extends string, T extends Tail<K>, C extends object> {
  readonly #storage: DurableObjectStorage;
  readonly #limits: IndexLimits;
  readonly #plan: IndexPlan<K, T, C>;
  readonly runs: RunSet<K>;
  #flushedTo = 0;
  #frozenTo: number | undefined;
  #counts: C;
  #termKey: TermKey = [0, 0];
  #tail: T;
  #frozen: T | undefined;
  #tails: readonly T[];
  #flush: Flush<K> | undefined;
  /** Records that the writes so far owe to the work on the runs. */
  #owed = 0;
  #stepsDone = 0;

  constructor(storage: DurableObjectStorage, limits: IndexLimits, plan: IndexPlan<K, T, C>) {
    this.#storage = storage;
    this.#limits = limits;
    this.#plan = plan;
    this.#counts = plan.nothingCounted;
    this.#tail = plan.newTail(1, this.#termKey);
    this.#tails = [this.#tail];
    this.runs = new RunSet(storage, limits, plan.kinds, (sequence) => plan.writtenAtMs(storage.sql, sequence));
  }

  /** Finds what is on disk. Before the first fact is replayed. `beginsAfter`: the last sequence of which it never has a record. */
  load(beginsAfter = 0): void {
    const { sql } = this.#storage;
    // Written by #saveProgress, counts and places in one.
    const stored = readMeta<Progress & C>(sql, "index");
    this.#flushedTo = stored?.flushedTo ?? beginsAfter;
    this.#frozenTo = stored?.frozenTo;
    this.#counts = stored ?? this.#plan.nothingCounted;
    this.runs.load();
    this.#termKey = present(readMeta<TermKey>(this.#storage.sql, "term_key"), "a ledger has the key of its terms");
    this.#tail = this.#plan.newTail(this.#flushedTo + 1, this.#termKey);
    this.#tails = [this.#tail];
  }

  #saveProgress(): void {
    const progress: Progress & C = { ...this.#counts, flushedTo: this.#flushedTo, frozenTo: this.#frozenTo };
    writeMeta(this.#storage.sql, "index", progress);
  }

  /** The key that terms are hashed with. */
  get termKey(): TermKey {
    return this.#termKey;
  }

  /** The sequence up to which the runs have everything. */
  get flushedTo(): number {
    return this.#flushedTo;
  }

  /** What is counted of the records that the runs have. */
  get counts(): C {
    return this.#counts;
  }

  /** The tail that takes what comes. */
  protected get tail(): T {
    return this.#tail;
  }

  /** What is in memory only, oldest first. */
  get tails(): readonly T[] {
    return this.#tails;
  }

  /** Everything of a kind, on disk and in memory. */
  sources(kind: K): SortedSource[] {
    return [...this.runs.runsOf(kind), ...this.tails.map((tail) => tail.sorted(kind))];
  }

  /** The sequences of the records of a hashed kind that have a hash. */
  sequencesOf(kind: K, hash: number): readonly number[] {
    const stored = this.runs.sequencesOf(kind, hash);
    const [tail, another] = this.#tails;
    const first = tail?.sequencesOf(kind, hash);
    const second = another?.sequencesOf(kind, hash);
    return first === undefined && second === undefined ? stored : [...stored, ...(first ?? []), ...(second ?? [])];
  }

  /** Writes out all that is in memory: the runs then have everything. */
  writeOutAll(nowMs: number): void {
    if (this.#frozen !== undefined) this.#writeOut(nowMs);
    if (this.#tail.weight > 0) this.#writeOut(nowMs);
  }

  /** Before a fact after `flushedTo` is taken back into the tail, on start. Writes the tail out where it is full: so a lost index is rebuilt. */
  protected beforeReplay(sequence: number): void {
    if (this.#frozenTo !== undefined && this.#frozen === undefined && sequence > this.#frozenTo) this.#freezeAt(this.#frozenTo);
    const { weight, bytes } = this.#tail;
    if (weight > this.#limits.tailLinesMax || bytes > this.#limits.tailBytesMax) this.#writeOut(0);
  }

  /** After the last fact was replayed. */
  replayed(): void {
    if (this.#frozenTo !== undefined && this.#frozen === undefined) this.#freezeAt(this.#frozenTo);
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
    while (this.#owed >= this.#limits.blockRecords) {
      const done = this.#step(nowMs);
      this.#owed = done === 0 ? 0 : this.#owed - done;
    }
    return this.#stepsDone > before;
  }

  /** Three quarters of the bound: the rest is for what comes while they are on their way. */
  #isFull(lines: number): boolean {
    const { weight, bytes } = this.#tail;
    const { tailLinesMax, tailBytesMax } = this.#limits;
    return weight >= tailLinesMax * frozenAt || bytes >= tailBytesMax * frozenAt || (weight > 0 && weight + lines > tailLinesMax);
  }

  #freeze(): void {
    if (this.#tail.weight === 0) return;
    const frozenTo = this.#tail.toSequence;
    this.#frozenTo = frozenTo;
    this.#saveProgress();
    this.#freezeAt(frozenTo);
  }

  #freezeAt(frozenTo: number): void {
    this.#frozen = this.#tail;
    this.#tail = this.#plan.newTail(frozenTo + 1, this.#termKey);
    this.#tails = [this.#frozen, this.#tail];
    this.#flush = new Flush(this.#frozen, this.#plan.kinds, this.#limits.blockRecords, () => this.runs.newRunId());
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

  #stepFlush(flush: Flush<K>, nowMs: number): number {
    const { sql } = this.#storage;
    // Of a flush that was cut off nothing is taken: see RunSet.load.
    if (flush.step(sql)) return this.#limits.blockRecords;
    this.#storage.transactionSync(() => {
      const tail = present(this.#frozen, "a tail is being flushed");
      this.#plan.writeBeside(sql, tail);
      this.runs.add(flush.finish(sql), tail, nowMs);
      this.#counts = this.#plan.withCounted(this.#counts, tail);
      this.#flushedTo = tail.toSequence;
      this.#frozenTo = undefined;
      this.#saveProgress();
      this.#frozen = undefined;
      this.#tails = [this.#tail];
      this.#flush = undefined;
    });
    return this.#limits.blockRecords;
  }
}
