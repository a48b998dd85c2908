import { present } from "../../../kernel/assert.ts";
import { readMeta, writeMeta } from "../log/meta.ts";
import { type IndexLimits, mergedBlockFactor } from "./index-limits.ts";
import { LevelFilter } from "./level-filter.ts";
import { merged, mergedSums, type RecordFeed } from "./record-feed.ts";
import { kindNames, type RecordKinds } from "./record-kind.ts";
import { insertRun, type NewRun, RunBuilder } from "./run-builder.ts";
import { type Key, keysFrom, visitRange } from "./sorted-source.ts";
import { BlockCache, blockId, OneBlock, type RunRow, readRuns, StoredRun } from "./stored-run.ts";
import type { Tail } from "./tail.ts";
import { probeOf, type TermFilter, type TermProbe } from "./term-filter.ts";

/**
 * Levels whose runs a look-up asks together: what becomes a run of the second stays in their filter as it is. The few runs above have most of a ledger's
 * terms: a filter of them all would take an isolate's memory.
 */
const levelsTogether = 2;

/** Blocks of a run that is over, deleted in one step. */
const blocksDeletedAtOnce = 64;

/** The runs on disk, and the work of making fewer of them. */
export class RunSet<K extends string> {
  readonly #storage: DurableObjectStorage;
  readonly #limits: IndexLimits;
  readonly #kinds: RecordKinds<K>;
  readonly #names: readonly K[];
  readonly #hashed: readonly K[];
  readonly #writtenAtMs: (sequence: number) => number | undefined;
  readonly #cache = new BlockCache();
  #ready = new Map<K, readonly StoredRun[]>();
  /** Of all runs of the lowest levels, where it was asked. */
  readonly #lowFilters = new Map<K, LevelFilter>();
  /** Of each of the runs above them. */
  readonly #higherFilters = new Map<K, readonly TermFilter[]>();
  /** The runs of sums that a greater one covers: with them the books are answered as they were known earlier. */
  #covered: StoredRun[] = [];
  /** Runs whose blocks are still to be deleted. */
  #over: number[] = [];
  /** At most one for each level: a large one must not hold up the small ones, of which the runs would pile up. */
  #merges: RunBuilder[] = [];
  /** How many times as many runs as are merged at once a level has, added up over the levels; 1 more while runs that are over are deleted, or filters lack some. */
  #dueTimes = 0;
  /** Of the levels that have so many, the runs of the lowest. */
  #due: readonly StoredRun[] | undefined;

  /** `writtenAtMs`: when the fact of a sequence was written. */
  constructor(
    storage: DurableObjectStorage,
    limits: IndexLimits,
    kinds: RecordKinds<K>,
    writtenAtMs: (sequence: number) => number | undefined,
  ) {
    this.#storage = storage;
    this.#limits = limits;
    this.#kinds = kinds;
    this.#names = kindNames(kinds);
    this.#hashed = this.#names.filter((name) => kinds[name].hashed);
    this.#writtenAtMs = writtenAtMs;
  }

  /** Finds what is on disk. */
  load(): void {
    const rows = readRuns(this.#storage.sql);
    for (const kind of this.#names) {
      const ready = rows.filter((row) => row.kind === kind && row.state === "ready");
      this.#setReady(
        kind,
        ready.map((row) => this.#stored(row)),
      );
    }
    this.#covered = rows.filter(({ state }) => state === "covered").map((row) => this.#stored(row));
    // A run that was being written from memory is written again, as another.
    this.#over = rows.filter(({ state, level }) => state === "over" || (state === "building" && level === 0)).map(({ id }) => id);
    this.#merges = rows.filter(({ state, level }) => state === "building" && level > 0).map((row) => this.#resumed(row));
    this.#countDue();
  }

  /** The runs of a kind that have, once each, everything that was flushed; oldest first. */
  runsOf(kind: K): readonly StoredRun[] {
    return this.#ready.get(kind) ?? [];
  }

  /** Of a kind of sums: the fewest runs that have, once each, all facts up to a sequence but the few after the last of them. */
  coverUpTo(kind: K, sequence: number): StoredRun[] {
    const chosen: StoredRun[] = [];
    const known = this.#everReady(kind).filter(({ toSequence }) => toSequence <= sequence);
    // Of those that begin at one place the longest.
    known.sort((a, b) => a.fromSequence - b.fromSequence || b.toSequence - a.toSequence);
    for (const run of known) if (run.fromSequence > (chosen.at(-1)?.toSequence ?? 0)) chosen.push(run);
    return chosen;
  }

  /** Of a kind of sums: the shortest run that begins at a sequence. */
  shortestFrom(kind: K, sequence: number): StoredRun | undefined {
    const begun = this.#everReady(kind).filter(({ fromSequence }) => fromSequence === sequence);
    return begun.toSorted((a, b) => a.toSequence - b.toSequence)[0];
  }

  #everReady(kind: K): readonly StoredRun[] {
    return [...this.runsOf(kind), ...this.#covered.filter(({ row }) => row.kind === kind)];
  }

  /** The sequences of what has a hash. Nearly always none: this is asked of every external id. */
  sequencesOf(kind: K, hash: number): readonly number[] {
    const probe = probeOf(hash);
    if (!this.#mayHave(kind, probe)) return none;
    const found: number[] = [];
    for (const run of this.runsOf(kind)) {
      if (!run.filter.mayHave(probe)) continue;
      visitRange(run, keysFrom(hash, hash), ([, sequences], from, to) => {
        found.push(...(sequences ?? []).slice(from, to));
      });
    }
    return found;
  }

  #mayHave(kind: K, probe: TermProbe): boolean {
    if (this.#lowFilter(kind).mayHave(probe)) return true;
    const filters = this.#filtersOfHigher(kind);
    for (let i = 0; i < filters.length; i++) if ((filters[i] as TermFilter).mayHave(probe)) return true;
    return false;
  }

  #lowFilter(kind: K): LevelFilter {
    let filter = this.#lowFilters.get(kind);
    if (filter === undefined) {
      filter = new LevelFilter(this.runsOf(kind).filter(({ row }) => row.level < levelsTogether));
      this.#lowFilters.set(kind, filter);
      this.#countDue();
    }
    return filter;
  }

  #filtersOfHigher(kind: K): readonly TermFilter[] {
    let filters = this.#higherFilters.get(kind);
    if (filters === undefined) {
      filters = this.runsOf(kind).flatMap((run) => (run.row.level < levelsTogether ? [] : [run.filter]));
      this.#higherFilters.set(kind, filters);
    }
    return filters;
  }

  /** Takes in the runs that a tail has become. In the transaction that finishes them. */
  add(rows: readonly RunRow[], tail: Tail<K>, nowMs: number): void {
    for (const row of rows) {
      const kind = this.#kindOf(row);
      this.#setReady(kind, [...this.runsOf(kind), this.#stored(row)]);
    }
    for (const kind of this.#hashed) {
      const { columns, length } = tail.sorted(kind);
      const hasRoom = this.#lowFilters.get(kind)?.add(columns[0] as Float64Array, length);
      if (hasRoom === false) this.#lowFilters.delete(kind);
    }
    for (const kind of this.#names) this.#dropOld(kind, nowMs);
    this.#countDue();
  }

  /** How much there is to do: 1 for a level that has as many runs as are merged at once. */
  get due(): number {
    return this.#dueTimes;
  }

  /** One block of work: what is over first, then the lowest merge that is due, then the filters. Returns for how many records it counts, 0 where there is none. */
  step(): number {
    if (this.#over.length > 0) return this.#deleteBlocks();
    const merge = this.#lowestMerge();
    return merge === undefined ? this.#stepFilters() : this.#stepMerge(merge);
  }

  newRunId(): number {
    const next = (readMeta<number>(this.#storage.sql, "last_run") ?? 0) + 1;
    writeMeta(this.#storage.sql, "last_run", next);
    return next;
  }

  /** The merge of the lowest level, one that is due before one that has begun above it. */
  #lowestMerge(): RunBuilder | undefined {
    const due = this.#due;
    let begun: RunBuilder | undefined;
    for (const merge of this.#merges) if (begun === undefined || merge.run.level < begun.run.level) begun = merge;
    if (due === undefined || (begun !== undefined && begun.run.level <= levelOf(due) + 1)) return begun;
    const merge = this.#begun(due.slice(0, this.#runsMerged(levelOf(due))));
    this.#merges.push(merge);
    return merge;
  }

  #stepMerge(merge: RunBuilder): number {
    const { sources, blockRecords } = merge.run;
    const { sql } = this.#storage;
    // A block is one row, and a merge that was interrupted resumes behind its last.
    if (merge.step(sql)) return blockRecords;
    this.#storage.transactionSync(() => {
      const row = merge.finish(sql);
      const run = this.#stored(row);
      const kind = this.#kindOf(row);
      const { hashed, sums } = this.#kinds[kind];
      const state = sums ? "covered" : "over";
      // One that still reads the runs that are merged cannot be finished; what leaves its levels would be asked there and above.
      if (hashed && (row.level === levelsTogether || this.#lowFilters.get(kind)?.isWhole === false)) this.#lowFilters.delete(kind);
      sql.exec("UPDATE run SET state = ? WHERE id IN (SELECT value FROM json_each(?))", state, JSON.stringify(sources));
      const left = this.runsOf(kind).filter((other) => !sources.includes(other.row.id));
      if (state === "over") this.#over.push(...sources);
      else this.#covered.push(...this.runsOf(kind).filter((other) => sources.includes(other.row.id)));
      this.#setReady(
        kind,
        [...left, run].toSorted((a, b) => a.fromSequence - b.fromSequence),
      );
      this.#merges = this.#merges.filter((other) => other !== merge);
      this.#countDue();
    });
    return blockRecords;
  }

  #stepFilters(): number {
    const filter = this.#unfinishedFilter();
    if (filter === undefined) return 0;
    const taken = filter.step(this.#storage.sql);
    if (filter.isWhole) this.#countDue();
    return taken;
  }

  #unfinishedFilter(): LevelFilter | undefined {
    for (const filter of this.#lowFilters.values()) if (!filter.isWhole) return filter;
    return undefined;
  }

  #deleteBlocks(): number {
    const { sql } = this.#storage;
    const run = this.#over[0] as number;
    const { first } = sql
      .exec<{ first: number | null }>("SELECT min(id) AS first FROM block WHERE id >= ? AND id < ?", blockId(run, 0), blockId(run + 1, 0))
      .one();
    // By their range: chosen one by one, deleting them takes a third longer.
    const end = first === null ? 0 : first + blocksDeletedAtOnce;
    const { rowsWritten } = sql.exec("DELETE FROM block WHERE id >= ? AND id < ?", first ?? 0, end);
    if (rowsWritten === blocksDeletedAtOnce) return this.#limits.blockRecords;
    this.#storage.transactionSync(() => {
      sql.exec("DELETE FROM term_filter WHERE run = ?", run);
      sql.exec("DELETE FROM run WHERE id = ?", run);
    });
    this.#over.shift();
    this.#countDue();
    return this.#limits.blockRecords;
  }

  /** A merge of runs of one kind and level, oldest first. */
  #begun(sources: readonly StoredRun[]): RunBuilder {
    const first = present(sources[0], "there are runs to merge");
    const last = present(sources.at(-1), "there are runs to merge");
    return this.#storage.transactionSync(() => {
      const run: NewRun = {
        id: this.newRunId(),
        kind: first.row.kind,
        level: first.row.level + 1,
        fromSequence: first.fromSequence,
        toSequence: last.toSequence,
        blockRecords: this.#limits.blockRecords * mergedBlockFactor,
        sources: sources.map(({ row }) => row.id),
      };
      insertRun(this.#storage.sql, run);
      return this.#mergeOf(run);
    });
  }

  /** For each kind and level that has as many runs as are merged at once, its runs. */
  *#crowdedLevels(): Generator<readonly StoredRun[]> {
    for (const kind of this.#names)
      for (const runs of Map.groupBy(this.runsOf(kind), ({ row }) => row.level).values())
        if (runs.length >= this.#runsMerged(levelOf(runs))) yield runs;
  }

  /** Twice as many above the lowest level: those are written less often for it, and there is one such level in a ledger of ten million entries. */
  #runsMerged(level: number): number {
    return level === 0 ? this.#limits.runsMerged : this.#limits.runsMerged * 2;
  }

  /** After runs have come or gone. */
  #countDue(): void {
    const byLevel = new Map<number, number>();
    this.#due = undefined;
    for (const runs of this.#crowdedLevels()) {
      const level = levelOf(runs);
      if (this.#due === undefined || level < levelOf(this.#due)) this.#due = runs;
      byLevel.set(level, Math.max(Math.floor(runs.length / this.#runsMerged(level)), byLevel.get(level) ?? 0));
    }
    this.#dueTimes = [...byLevel.values()].reduce(
      (sum, times) => sum + times,
      this.#over.length > 0 || this.#unfinishedFilter() !== undefined ? 1 : 0,
    );
  }

  /** Runs whose records are all of no use any more are not merged but dropped, whole. */
  #dropOld(kind: K, nowMs: number): void {
    const { lifeMs } = this.#kinds[kind];
    if (lifeMs === undefined) return;
    const { sql } = this.#storage;
    const taken = new Set(this.#merges.flatMap(({ run }) => run.sources));
    const old: StoredRun[] = [];
    // Oldest first, and time never goes back: behind the first that lives all do.
    for (const run of this.runsOf(kind)) {
      if (taken.has(run.row.id)) continue;
      const atMs = this.#writtenAtMs(run.toSequence);
      if (atMs === undefined || atMs + lifeMs > nowMs) break;
      old.push(run);
    }
    if (old.length === 0) return;
    const ids = old.map(({ row }) => row.id);
    this.#storage.transactionSync(() =>
      sql.exec("UPDATE run SET state = 'over' WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)),
    );
    this.#setReady(
      kind,
      this.runsOf(kind).filter((run) => !old.includes(run)),
    );
    this.#over.push(...ids);
    // They may have been on their way into a filter.
    this.#lowFilters.delete(kind);
  }

  #resumed(row: RunRow): RunBuilder {
    const stored = this.#storage.sql.exec<{ sources: string }>("SELECT sources FROM run WHERE id = ?", row.id).one().sources;
    // Written by insertRun.
    return this.#mergeOf({ ...row, sources: JSON.parse(stored) as number[] });
  }

  #mergeOf(run: NewRun): RunBuilder {
    const kind = this.#kindOf(run);
    const form = this.#kinds[kind];
    const sources = run.sources.map((id) => {
      const known = present(
        this.runsOf(kind).find(({ row }) => row.id === id),
        "a run that is merged is there",
      );
      // What a merge reads once shall not drive out what lists ask for.
      return new StoredRun(this.#storage.sql, new OneBlock(), known.row);
    });
    const records = sources.reduce((sum, { length }) => sum + length, 0);
    const feed = (after: Key | undefined): RecordFeed => (form.sums ? mergedSums(sources, after) : merged(sources, after));
    return new RunBuilder(this.#storage.sql, run, form, records, feed);
  }

  #setReady(kind: K, runs: readonly StoredRun[]): void {
    this.#ready.set(kind, runs);
    this.#higherFilters.delete(kind);
  }

  #kindOf({ kind }: { readonly kind: string }): K {
    return present(
      this.#names.find((name) => name === kind),
      "a run is of one of the kinds",
    );
  }

  #stored(row: RunRow): StoredRun {
    return new StoredRun(this.#storage.sql, this.#cache, row);
  }
}

const none: readonly number[] = [];

function levelOf(runs: readonly StoredRun[]): number {
  return runs[0]?.row.level ?? 0;
}
