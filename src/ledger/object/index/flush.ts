import { addTurnover, creditsOf, debitsOf, noFigures } from "../../domain/account.ts";
import { accountOfPlace, columnsOf, firstPlaceOf, runKinds } from "./index-keys.ts";
import { feedOf } from "./record-feed.ts";
import { insertRun, type NewRun, RunBuilder } from "./run-builder.ts";
import type { RunKind, RunRow } from "./stored-run.ts";
import type { Tail } from "./tail.ts";

/** A tail on its way to the disk: a run of each kind, one after the other, that are all seen at once. */
export class Flush {
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

  /** Makes the runs ones that answer, and adds the lines to what the accounts have on disk. */
  finish(sql: SqlStorage): RunRow[] {
    addTotals(sql, this.#tail);
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
      return new RunBuilder(sql, run, columnsOf[kind], source.length, () => feedOf(source));
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
    const start = i;
    const figures = noFigures();
    const end = firstPlaceOf(account + 1);
    for (; i < length && (places[i] as number) < end; i++) addTurnover(figures, amounts[i] as number);
    rows.push(`[${account},${debitsOf(figures)},${creditsOf(figures)},${i - start}]`);
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
