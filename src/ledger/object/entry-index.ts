import { present } from "../../kernel/assert.ts";
import { idempotencyLifeMs } from "../../kernel/bounds.ts";
import type { EntryPosted, Fact } from "../domain/fact.ts";
import { accountOfPlace, columnsOf, firstPlaceOf, keysFrom, runKinds } from "./index-keys.ts";
import { readRow } from "./journal.ts";
import { flushPace, type LedgerLimits, mergePace } from "./limits.ts";
import { readMeta, writeMeta } from "./meta.ts";
import { merged, mergedSums, type RecordFeed } from "./runs/record-feed.ts";
import { insertRun, type NewRun, RunBuilder } from "./runs/run-builder.ts";
import { type Key, type SortedSource, visitRange } from "./runs/sorted-source.ts";
import { BlockCache, blockId, type HashedKind, isHashed, type RunKind, type RunRow, readRuns, StoredRun } from "./runs/stored-run.ts";
import { probeOf, TermFilter } from "./runs/term-filter.ts";
import { Tail } from "./tail.ts";

/** How far the index on disk has come, and what it counts. */
interface Progress {
  readonly flushedTo: number;
  readonly entries: number;
  readonly lines: number;
  /** The end of the tail that is on its way into the index. */
  readonly frozenTo?: number;
}

const nothing: Progress = { flushedTo: 0, entries: 0, lines: 0 };

const none: readonly number[] = [];
/** A filter of the lowest level is made for at least so many terms a run. */
const minFilterTerms = 256;

function addHashes(filter: TermFilter, source: SortedSource): void {
  visitRange(source, keysFrom(0, Number.MAX_SAFE_INTEGER), (columns, from, to) => {
    const hashes = columns[0] as Float64Array;
    for (let i = from; i < to; i++) filter.add(hashes[i] as number);
  });
}

/** What an account has on disk: everything ever posted to it up to `flushedTo`. */
export interface AccountTotal {
  readonly debits: bigint;
  readonly credits: bigint;
  readonly lines: number;
}

/** Blocks of a run that is over, deleted in one step. */
const blocksDeletedAtOnce = 64;

/**
 * The index behind the journal: for each kind of order runs of sorted records on disk, each whole and never changed, and the tail of what they lack in memory.
 * A tail that is full becomes a run of each kind; as soon as a level has enough runs they become one of the next (P. O'Neil and others,
 * The log-structured merge-tree, Acta Informatica 33, 1996). Every write does a small part of that work, so that nothing piles up and nothing pauses.
 */
export class EntryIndex {
  readonly #storage: DurableObjectStorage;
  readonly #limits: LedgerLimits;
  readonly #cache = new BlockCache();
  #progress = nothing;
  #tail = new Tail(1);
  #frozen: Tail | undefined;
  #tails: readonly Tail[] = [this.#tail];
  /** The runs of a kind that have, once each, everything up to `flushedTo`; oldest first. */
  #ready = new Map<RunKind, readonly StoredRun[]>();
  readonly #lowestFilters = new Map<HashedKind, TermFilter>();
  /** The runs of sums that a greater one covers: with them the books can be told as they were known earlier. */
  #covered: StoredRun[] = [];
  /** Runs whose blocks are still to be deleted. */
  #over: number[] = [];
  #flush: Flush | undefined;
  /** At most one for each level: a large one must not hold up the small ones, of which the runs would pile up. */
  #merges: Merge[] = [];
  /** How many times as many runs as are merged at once a level has, added up over the levels; 1 while runs that are over are deleted. */
  #mergesDue = 0;
  /** Of the levels that have so many, the runs of the lowest. */
  #due: readonly StoredRun[] | undefined;
  /** Records that the writes so far owe to the work on the runs. */
  #owed = 0;
  #nowMs = 0;
  #stepsDone = 0;

  constructor(storage: DurableObjectStorage, limits: LedgerLimits) {
    this.#storage = storage;
    this.#limits = limits;
  }

  /** Finds what is on disk. Before the first fact is replayed. */
  load(): void {
    const { sql } = this.#storage;
    this.#progress = readMeta<Progress>(sql, "index") ?? nothing;
    const rows = readRuns(sql);
    for (const kind of runKinds) {
      const ready = rows.filter((row) => row.kind === kind && row.state === "ready");
      this.#ready.set(
        kind,
        ready.map((row) => this.#stored(row)),
      );
    }
    this.#covered = rows.filter(({ state }) => state === "covered").map((row) => this.#stored(row));
    // A run that was being written from memory is written anew.
    this.#over = rows.filter(({ state, level }) => state === "over" || (state === "building" && level === 0)).map(({ id }) => id);
    this.#merges = rows.filter(({ state, level }) => state === "building" && level > 0).map((row) => this.#resumed(row));
    this.#tail = new Tail(this.#progress.flushedTo + 1);
    this.#tails = [this.#tail];
    this.#countMergesDue();
  }

  /** The sequence up to which the runs have everything. */
  get flushedTo(): number {
    return this.#progress.flushedTo;
  }

  get entryCount(): number {
    return this.#progress.entries + (this.#frozen?.entryCount ?? 0) + this.#tail.entryCount;
  }

  get lineCount(): number {
    return this.#progress.lines + (this.#frozen?.lineCount ?? 0) + this.#tail.lineCount;
  }

  /** What is in memory only, oldest first. */
  get tails(): readonly Tail[] {
    return this.#tails;
  }

  /** The runs of a kind that have, once each, everything up to `flushedTo`; oldest first. */
  runs(kind: RunKind): readonly StoredRun[] {
    return this.#ready.get(kind) ?? [];
  }

  /** The fewest runs of sums that have, once each, all facts up to a sequence but the few after the last of them. */
  monthRunsUpTo(sequence: number): StoredRun[] {
    const chosen: StoredRun[] = [];
    const known = [...this.runs("month"), ...this.#covered].filter(({ toSequence }) => toSequence <= sequence);
    // Of those that begin at one place the longest.
    known.sort((a, b) => a.fromSequence - b.fromSequence || b.toSequence - a.toSequence);
    for (const run of known) if (run.fromSequence > (chosen.at(-1)?.toSequence ?? 0)) chosen.push(run);
    return chosen;
  }

  /** The shortest run of sums that begins at a sequence. */
  monthRunFrom(sequence: number): StoredRun | undefined {
    const begun = [...this.runs("month"), ...this.#covered].filter(({ fromSequence }) => fromSequence === sequence);
    return begun.toSorted((a, b) => a.toSequence - b.toSequence)[0];
  }

  /** Everything of a kind, on disk and in memory. */
  sources(kind: RunKind): SortedSource[] {
    return [...this.runs(kind), ...this.tails.map((tail) => tail.sorted(kind))];
  }

  /** The sequences that may have a term or a key: those that have its hash. Nearly always none: this is asked of every external id. */
  sequencesOf(kind: HashedKind, hash: number): readonly number[] {
    let found: number[] | undefined;
    for (const tail of this.tails) {
      const sequences = tail.sequencesOf(kind, hash);
      if (sequences !== undefined) found = [...(found ?? []), ...sequences];
    }
    const probe = probeOf(hash);
    const isLow = this.#filterOfLowest(kind).mayHave(probe);
    for (const run of this.runs(kind)) {
      if ((run.row.level === 0 && !isLow) || !run.mayHave(probe)) continue;
      visitRange(run, keysFrom(hash, hash), ([, sequences], from, to) => {
        found = [...(found ?? []), ...(sequences ?? []).slice(from, to)];
      });
    }
    return found ?? none;
  }

  /** What the runs of the lowest level have together. They are the most, and a look-up asks one filter instead of each of theirs. */
  #filterOfLowest(kind: HashedKind): TermFilter {
    let filter = this.#lowestFilters.get(kind);
    if (filter === undefined) {
      const runs = this.runs(kind).filter(({ row }) => row.level === 0);
      const most = Math.max(minFilterTerms, ...runs.map(({ length }) => length));
      filter = TermFilter.for(most * this.#limits.runsMerged * 2);
      for (const run of runs) addHashes(filter, run);
      this.#lowestFilters.set(kind, filter);
    }
    return filter;
  }

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

  /**
   * Takes back into memory what a fact after `flushedTo` says, and the key of its commit, which stands with the commit's last; on start, in order of the log.
   * Writes the tail out where it is full: a lost index is told again like this.
   */
  replay(sequence: number, fact: Fact, bytes: number, key: string | undefined): void {
    const { frozenTo } = this.#progress;
    if (frozenTo !== undefined && this.#frozen === undefined && sequence > frozenTo) this.#freezeAt(frozenTo);
    const { weight, bytes: tailBytes } = this.#tail;
    if (weight > this.#limits.tailLinesMax || tailBytes > this.#limits.tailBytesMax) this.#writeOut();
    if (fact.kind === "entry_posted") this.#tail.add(sequence, fact, bytes);
    if (key !== undefined) this.#tail.addClaim(key, sequence);
  }

  /** After the last fact was replayed. */
  replayed(): void {
    const { frozenTo } = this.#progress;
    if (frozenTo !== undefined && this.#frozen === undefined) this.#freezeAt(frozenTo);
  }

  /** Does this write's part of the work, and makes sure that the tail stays within its bound with so many lines more. Returns whether the disk has grown by it. */
  makeRoom(lines: number, nowMs: number): boolean {
    this.#nowMs = nowMs;
    const before = this.#stepsDone;
    if (this.#isFull(lines)) {
      if (this.#frozen !== undefined) this.#writeOut();
      this.#freeze();
    }
    const pace = (this.#flush === undefined ? 0 : flushPace) + mergePace * this.#mergesDue;
    this.#owed += Math.max(lines, 1) * pace;
    while (this.#owed >= this.#limits.blockRecords) this.#owed = this.#step() ? this.#owed - this.#limits.blockRecords : 0;
    return this.#stepsDone > before;
  }

  /** Half of the bound: the other half is what may be on its way. */
  #isFull(lines: number): boolean {
    const { weight, bytes } = this.#tail;
    const { tailLinesMax, tailBytesMax } = this.#limits;
    return weight >= tailLinesMax / 2 || bytes >= tailBytesMax / 2 || (weight > 0 && weight + lines > tailLinesMax);
  }

  #freeze(): void {
    if (this.#tail.weight === 0) return;
    const frozenTo = this.#tail.toSequence;
    this.#progress = { ...this.#progress, frozenTo };
    this.#storage.transactionSync(() => writeMeta(this.#storage.sql, "index", this.#progress));
    this.#freezeAt(frozenTo);
  }

  #freezeAt(frozenTo: number): void {
    this.#frozen = this.#tail;
    this.#tail = new Tail(frozenTo + 1);
    this.#tails = [this.#frozen, this.#tail];
    this.#flush = new Flush(this.#frozen, this.#limits.blockRecords, () => this.#newRunId());
  }

  /** Writes the frozen tail to its end. */
  #writeOut(): void {
    if (this.#frozen === undefined) this.#freeze();
    while (this.#flush !== undefined) this.#step();
  }

  /** One block of work: the frozen tail first, then what is over, then the smallest merge that is due. Returns whether there was any. */
  #step(): boolean {
    this.#stepsDone += 1;
    if (this.#flush !== undefined) return this.#stepFlush(this.#flush);
    if (this.#over.length > 0) return this.#deleteBlocks();
    const merge = this.#lowestMerge();
    return merge !== undefined && this.#stepMerge(merge);
  }

  /** The merge of the lowest level, one that is due before one that has begun above it. */
  #lowestMerge(): Merge | undefined {
    const due = this.#due;
    let begun: Merge | undefined;
    for (const merge of this.#merges) if (begun === undefined || merge.builder.run.level < begun.builder.run.level) begun = merge;
    if (due === undefined || (begun !== undefined && begun.builder.run.level <= levelOf(due) + 1)) return begun;
    const merge = this.#begun(due.slice(0, this.#runsMerged(levelOf(due))));
    this.#merges.push(merge);
    return merge;
  }

  #stepFlush(flush: Flush): true {
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      if (flush.step(sql)) return;
      const tail = present(this.#frozen, "a tail is being flushed");
      const { entries, lines } = this.#progress;
      const rows = flush.finish(sql);
      addTotals(sql, tail);
      const progress = { flushedTo: tail.toSequence, entries: entries + tail.entryCount, lines: lines + tail.lineCount };
      writeMeta(sql, "index", progress);
      this.#progress = progress;
      for (const row of rows) this.#ready.set(row.kind, [...this.runs(row.kind), this.#stored(row)]);
      for (const [kind, filter] of this.#lowestFilters) addHashes(filter, tail.sorted(kind));
      this.#countMergesDue();
      this.#frozen = undefined;
      this.#tails = [this.#tail];
      this.#flush = undefined;
    });
    return true;
  }

  #stepMerge(merge: Merge): true {
    const { builder, sources } = merge;
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      if (builder.step(sql)) return;
      const row = builder.finish(sql);
      const state = row.kind === "month" ? "covered" : "over";
      if (isHashed(row.kind)) this.#lowestFilters.delete(row.kind);
      sql.exec("UPDATE run SET state = ? WHERE id IN (SELECT value FROM json_each(?))", state, JSON.stringify(sources));
      const left = this.runs(row.kind).filter((run) => !sources.includes(run.row.id));
      if (state === "over") this.#over.push(...sources);
      else this.#covered.push(...this.runs(row.kind).filter((run) => sources.includes(run.row.id)));
      this.#ready.set(
        row.kind,
        [...left, this.#stored(row)].toSorted((a, b) => a.fromSequence - b.fromSequence),
      );
      this.#merges = this.#merges.filter((other) => other !== merge);
      this.#countMergesDue();
    });
    return true;
  }

  #deleteBlocks(): true {
    const { sql } = this.#storage;
    const run = this.#over[0] as number;
    this.#storage.transactionSync(() => {
      const deleted = sql
        .exec(
          "DELETE FROM block WHERE id IN (SELECT id FROM block WHERE id >= ? AND id < ? ORDER BY id LIMIT ?) RETURNING id",
          blockId(run, 0),
          blockId(run + 1, 0),
          blocksDeletedAtOnce,
        )
        .toArray();
      if (deleted.length === blocksDeletedAtOnce) return;
      sql.exec("DELETE FROM term_filter WHERE run = ?", run);
      sql.exec("DELETE FROM run WHERE id = ?", run);
      this.#over.shift();
      this.#countMergesDue();
    });
    return true;
  }

  /** A merge of runs of one kind and level, oldest first. */
  #begun(sources: readonly StoredRun[]): Merge {
    const first = present(sources[0], "there are runs to merge");
    const last = present(sources.at(-1), "there are runs to merge");
    const run: NewRun = {
      id: this.#newRunId(),
      kind: first.row.kind,
      level: first.row.level + 1,
      fromSequence: first.fromSequence,
      toSequence: last.toSequence,
      blockRecords: this.#limits.blockRecords,
      sources: sources.map(({ row }) => row.id),
    };
    this.#storage.transactionSync(() => insertRun(this.#storage.sql, run));
    return this.#mergeOf(run);
  }

  /** For each kind and level that has as many runs as are merged at once, its runs. */
  *#crowdedLevels(): Generator<readonly StoredRun[]> {
    for (const kind of runKinds)
      for (const runs of Map.groupBy(this.runs(kind), ({ row }) => row.level).values())
        if (runs.length >= this.#runsMerged(levelOf(runs))) yield runs;
  }

  /** Twice as many above the lowest level: those are written less often for it, and there is one such level in a ledger of ten million entries. */
  #runsMerged(level: number): number {
    return level === 0 ? this.#limits.runsMerged : this.#limits.runsMerged * 2;
  }

  /** After runs have come or gone. */
  #countMergesDue(): void {
    this.#letGoOfOldClaims();
    const byLevel = new Map<number, number>();
    this.#due = undefined;
    for (const runs of this.#crowdedLevels()) {
      const level = levelOf(runs);
      if (this.#due === undefined || level < levelOf(this.#due)) this.#due = runs;
      byLevel.set(level, Math.max(Math.floor(runs.length / this.#runsMerged(level)), byLevel.get(level) ?? 0));
    }
    this.#mergesDue = [...byLevel.values()].reduce((sum, times) => sum + times, this.#over.length > 0 ? 1 : 0);
  }

  /** Runs of which no key lives any more are not merged but let go of, whole. */
  #letGoOfOldClaims(): void {
    const { sql } = this.#storage;
    const taken = new Set(this.#merges.flatMap(({ sources }) => sources));
    const old = this.runs("claim").filter((run) => {
      if (taken.has(run.row.id)) return false;
      const last = readRow(sql, run.toSequence);
      return last !== undefined && last.context.atMs + idempotencyLifeMs <= this.#nowMs;
    });
    if (old.length === 0) return;
    const ids = old.map(({ row }) => row.id);
    this.#storage.transactionSync(() =>
      sql.exec("UPDATE run SET state = 'over' WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)),
    );
    this.#ready.set(
      "claim",
      this.runs("claim").filter((run) => !old.includes(run)),
    );
    this.#over.push(...ids);
  }

  #resumed(row: RunRow): Merge {
    const stored = this.#storage.sql.exec<{ sources: string }>("SELECT sources FROM run WHERE id = ?", row.id).one().sources;
    // Written by insertRun.
    return this.#mergeOf({ ...row, sources: JSON.parse(stored) as number[] });
  }

  #mergeOf(run: NewRun): Merge {
    // A cache of its own: what a merge reads once shall not drive out what lists ask for.
    const cache = new BlockCache();
    const sources = run.sources.map((id) => {
      const known = present(
        this.runs(run.kind).find(({ row }) => row.id === id),
        "a run that is merged is there",
      );
      return new StoredRun(this.#storage.sql, cache, known.row);
    });
    const records = sources.reduce((sum, { length }) => sum + length, 0);
    const feed = (after: Key | undefined): RecordFeed => (run.kind === "month" ? mergedSums(sources, after) : merged(sources, after));
    return { builder: new RunBuilder(this.#storage.sql, run, columnsOf[run.kind], records, feed), sources: run.sources };
  }

  #stored(row: RunRow): StoredRun {
    return new StoredRun(this.#storage.sql, this.#cache, row);
  }

  #newRunId(): number {
    const next = (readMeta<number>(this.#storage.sql, "last_run") ?? 0) + 1;
    writeMeta(this.#storage.sql, "last_run", next);
    return next;
  }
}

function levelOf(runs: readonly StoredRun[]): number {
  return runs[0]?.row.level ?? 0;
}

interface Merge {
  readonly builder: RunBuilder;
  readonly sources: readonly number[];
}

/** A tail on its way to the disk: a run of each kind, one after the other, that are all seen at once. */
class Flush {
  readonly #tail: Tail;
  readonly #blockRecords: number;
  readonly #newRunId: () => number;
  readonly #kinds: RunKind[] = [...runKinds];
  readonly #built: RunBuilder[] = [];
  #builder: RunBuilder | undefined;

  constructor(tail: Tail, blockRecords: number, newRunId: () => number) {
    this.#tail = tail;
    this.#blockRecords = blockRecords;
    this.#newRunId = newRunId;
  }

  /** Writes the next block. Returns false, having written nothing, where all are written. */
  step(sql: SqlStorage): boolean {
    for (;;) {
      this.#builder ??= this.#next(sql);
      if (this.#builder === undefined) return false;
      if (this.#builder.step(sql)) return true;
      this.#built.push(this.#builder);
      this.#builder = undefined;
    }
  }

  finish(sql: SqlStorage): RunRow[] {
    return this.#built.map((builder) => builder.finish(sql));
  }

  #next(sql: SqlStorage): RunBuilder | undefined {
    for (let kind = this.#kinds.shift(); kind !== undefined; kind = this.#kinds.shift()) {
      const source = this.#tail.sorted(kind);
      if (source.length === 0) continue;
      const run: NewRun = {
        id: this.#newRunId(),
        kind,
        level: 0,
        fromSequence: source.fromSequence,
        toSequence: source.toSequence,
        blockRecords: this.#blockRecords,
        sources: [],
      };
      insertRun(sql, run);
      return new RunBuilder(sql, run, columnsOf[kind], source.length, (after) => merged([source], after));
    }
    return undefined;
  }
}

/** Adds a tail's lines to what the accounts have on disk. */
function addTotals(sql: SqlStorage, tail: Tail): void {
  const { columns, length } = tail.sorted("line");
  const places = columns[0] as Float64Array;
  const amounts = columns[2] as Float64Array;
  const rows: string[] = [];
  for (let i = 0; i < length; ) {
    const account = accountOfPlace(places[i] as number);
    let debits = 0;
    let credits = 0;
    let exactDebits = 0n;
    let exactCredits = 0n;
    let lines = 0;
    const end = firstPlaceOf(account + 1);
    for (; i < length && (places[i] as number) < end; i++) {
      const amount = amounts[i] as number;
      lines += 1;
      // As numbers while they are exact, which they nearly always are.
      if (debits + Math.abs(amount) > Number.MAX_SAFE_INTEGER || credits + Math.abs(amount) > Number.MAX_SAFE_INTEGER) {
        exactDebits += BigInt(debits);
        exactCredits += BigInt(credits);
        debits = 0;
        credits = 0;
      }
      if (amount > 0) debits += amount;
      else credits -= amount;
    }
    rows.push(`[${account},${exactDebits + BigInt(debits)},${exactCredits + BigInt(credits)},${lines}]`);
  }
  for (let i = 0; i < rows.length; i += totalsAtOnce) {
    sql.exec(
      `INSERT INTO account_total SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
       ON CONFLICT (no) DO UPDATE SET debits = debits + excluded.debits, credits = credits + excluded.credits, lines = lines + excluded.lines`,
      `[${rows.slice(i, i + totalsAtOnce).join(",")}]`,
    );
  }
}

/** Within the bound of a text, see bulk.ts. */
const totalsAtOnce = 5_000;
