import { encodeColumns, GrowingColumns } from "./columns.ts";
import type { RecordFeed } from "./record-feed.ts";
import type { RecordKind } from "./record-kind.ts";
import type { Key } from "./sorted-source.ts";
import { blockId, type RunRow, readBlock, writeFilter } from "./stored-run.ts";
import { TermFilter } from "./term-filter.ts";

export interface NewRun {
  readonly id: number;
  readonly kind: string;
  readonly level: number;
  readonly fromSequence: number;
  readonly toSequence: number;
  readonly blockRecords: number;
  /** The runs whose records it takes; none where it is written from memory. */
  readonly sources: readonly number[];
}

/** A run on its way to the disk, a block a step. Nobody reads it before it is ready. */
export class RunBuilder {
  readonly run: NewRun;
  readonly #feed: RecordFeed;
  readonly #block: readonly Float64Array[];
  readonly #fences = new GrowingColumns(2);
  readonly #filter: TermFilter | undefined;
  #records: number;

  /** `recordsMax`: no more than so many will come. `feed` is given the key behind which to continue, where a part is written already. */
  constructor(
    sql: SqlStorage,
    run: NewRun,
    { columns, hashed }: RecordKind,
    recordsMax: number,
    feed: (after: Key | undefined) => RecordFeed,
  ) {
    this.run = run;
    this.#block = Array.from({ length: columns }, () => new Float64Array(run.blockRecords));
    this.#filter = hashed ? TermFilter.for(recordsMax) : undefined;
    const written = this.#readWritten(sql);
    this.#records = written.records;
    this.#feed = feed(written.last);
  }

  /** Writes the next block. Returns false, having written nothing, where all are written. */
  step(sql: SqlStorage): boolean {
    const taken = this.#feed.take(this.#block, this.run.blockRecords);
    if (taken === 0) return false;
    const no = this.#fences.length;
    const [as, bs] = this.#block as readonly [Float64Array, Float64Array];
    this.#fences.add(as[0] as number, bs[0] as number);
    if (this.#filter !== undefined) for (let i = 0; i < taken; i++) this.#filter.add(as[i] as number);
    sql.exec(
      "INSERT INTO block (id, first_a, first_b, records) VALUES (?, ?, ?, ?)",
      blockId(this.run.id, no),
      as[0],
      bs[0],
      encodeColumns(this.#block, 0, taken),
    );
    this.#records += taken;
    return true;
  }

  /** Makes the run one that answers. In the transaction that takes its sources out of sight. */
  finish(sql: SqlStorage): RunRow {
    const fences = encodeColumns(this.#fences.columns, 0, this.#fences.length);
    sql.exec("UPDATE run SET state = 'ready', records = ?, fences = ? WHERE id = ?", this.#records, fences, this.run.id);
    if (this.#filter !== undefined) writeFilter(sql, this.run.id, this.#filter);
    return { ...this.run, state: "ready", records: this.#records };
  }

  /** What an earlier life of the object has written of the run. */
  #readWritten(sql: SqlStorage): { readonly records: number; readonly last: Key | undefined } {
    const blocks = sql
      .exec<{ id: number; first_a: number; first_b: number }>(
        "SELECT id, first_a, first_b FROM block WHERE id >= ? AND id < ? ORDER BY id",
        blockId(this.run.id, 0),
        blockId(this.run.id + 1, 0),
      )
      .toArray();
    const end = blocks.at(-1);
    if (end === undefined) return { records: 0, last: undefined };
    for (const { id, first_a: a, first_b: b } of blocks) {
      this.#fences.add(a, b);
      if (this.#filter !== undefined) for (const hash of readBlock(sql, id)[0] as Float64Array) this.#filter.add(hash);
    }
    const [as, bs] = readBlock(sql, end.id) as readonly [Float64Array, Float64Array];
    const at = as.length - 1;
    return { records: (blocks.length - 1) * this.run.blockRecords + as.length, last: [as[at] as number, bs[at] as number] };
  }
}

/** Notes a run that is about to be built. */
export function insertRun(sql: SqlStorage, run: NewRun): void {
  sql.exec(
    "INSERT INTO run (id, kind, level, from_seq, to_seq, state, records, block_records, sources) VALUES (?, ?, ?, ?, ?, 'building', 0, ?, ?)",
    run.id,
    run.kind,
    run.level,
    run.fromSequence,
    run.toSequence,
    run.blockRecords,
    JSON.stringify(run.sources),
  );
}
