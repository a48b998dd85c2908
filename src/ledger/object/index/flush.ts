import { feedOf } from "./record-feed.ts";
import { kindNames, type RecordKinds } from "./record-kind.ts";
import { insertRun, type NewRun, RunBuilder } from "./run-builder.ts";
import type { RunRow } from "./stored-run.ts";
import type { Tail } from "./tail.ts";

/** A tail on its way to the disk: a run of each kind, one after the other, that are all seen at once. */
export class Flush<K extends string> {
  readonly #tail: Tail<K>;
  readonly #forms: RecordKinds<K>;
  readonly #blockRecords: number;
  readonly #newRunId: () => number;
  readonly #kinds: K[];
  readonly #built: RunBuilder[] = [];
  #builder: RunBuilder | undefined;

  constructor(tail: Tail<K>, kinds: RecordKinds<K>, blockRecords: number, newRunId: () => number) {
    this.#forms = kinds;
    this.#kinds = [...kindNames(kinds)];
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

  /** Makes the runs ones that answer. */
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
      return new RunBuilder(sql, run, this.#forms[kind], source.length, () => feedOf(source));
    }
    return undefined;
  }
}
