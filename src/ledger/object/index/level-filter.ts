import { blockId, readBlock, type StoredRun } from "./stored-run.ts";
import { TermFilter, type TermProbe } from "./term-filter.ts";

/** A filter is made for at least so many terms, and for twice as many as there are. */
const roomMin = 8_192;

/**
 * The filters of several runs as one, so that a look-up touches memory once and not once for each of them.
 * It takes the runs in block by block; one that it does not have whole yet is asked by its own filter.
 */
export class LevelFilter {
  readonly #filter: TermFilter;
  #waiting: StoredRun[];
  #blocksTaken = 0;
  /** Terms that there is room for. */
  #room: number;

  constructor(runs: readonly StoredRun[]) {
    const terms = runs.reduce((sum, { length }) => sum + length, 0);
    this.#room = Math.max(terms, roomMin);
    this.#filter = TermFilter.for(terms + this.#room);
    this.#waiting = [...runs];
  }

  mayHave(probe: TermProbe): boolean {
    if (this.#filter.mayHave(probe)) return true;
    const waiting = this.#waiting;
    for (let i = 0; i < waiting.length; i++) if ((waiting[i] as StoredRun).filter.mayHave(probe)) return true;
    return false;
  }

  /** Takes in a run whose hashes are at hand. Returns false where there is no room for it: another filter has to be made. */
  add(hashes: Float64Array, length: number): boolean {
    this.#room -= length;
    if (this.#room < 0) return false;
    this.#addAll(hashes, length);
    return true;
  }

  get isWhole(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes the next block in. Returns how many records it has. */
  step(sql: SqlStorage): number {
    const [run] = this.#waiting;
    if (run === undefined) return 0;
    const [hashes = new Float64Array()] = readBlock(sql, blockId(run.row.id, this.#blocksTaken));
    this.#addAll(hashes, hashes.length);
    this.#blocksTaken += 1;
    if (this.#blocksTaken * run.row.blockRecords >= run.length) {
      this.#waiting.shift();
      this.#blocksTaken = 0;
    }
    return hashes.length;
  }

  #addAll(hashes: Float64Array, length: number): void {
    for (let i = 0; i < length; i++) this.#filter.add(hashes[i] as number);
  }
}
