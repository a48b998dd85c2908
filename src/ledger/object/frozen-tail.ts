import { type DayNumber, type MonthNumber, monthOfDay } from "../../kernel/calendar-date.ts";
import { monthCell } from "./schema.ts";
import type { Tail, TailEntry, TailLine } from "./tail.ts";

export interface FrozenLine extends TailLine {
  readonly account: number;
}

/** Sums of lines per account and month. */
export type Cells = Map<number, { debits: bigint; credits: bigint; lines: number }>;

/**
 * A tail on its way into the index tables: its rows in the tables' own order, and how many of them are there.
 * The order depends on nothing but the journal, so that a restart finds the same rows at the same places.
 */
export class FrozenTail {
  readonly tail: Tail;
  /** The sequence up to which the index is complete once all rows are written. */
  readonly toSequence: number;
  readonly lines: readonly FrozenLine[];
  readonly entries: readonly TailEntry[];
  readonly terms: readonly (readonly [hash: number, seq: number])[];
  /** Rows written: of the lines first, then of the entries, then of the terms. */
  position = 0;
  readonly #ranges = new Map<number, readonly [start: number, end: number]>();

  constructor(tail: Tail, toSequence: number) {
    this.tail = tail;
    this.toSequence = toSequence;
    const lines: FrozenLine[] = [];
    for (const account of [...tail.lines.keys()].sort((a, b) => a - b)) {
      const start = lines.length;
      for (const line of tail.lines.get(account) ?? [])
        lines.push({ account, day: line.day, seq: line.seq, no: line.no, amount: line.amount });
      this.#ranges.set(account, [start, lines.length]);
    }
    lines.sort((a, b) => a.account - b.account || a.day - b.day || a.seq - b.seq || a.no - b.no);
    this.lines = lines;
    this.entries = [...tail.entries].sort((a, b) => a.day - b.day || a.seq - b.seq);
    const terms: [number, number][] = [];
    for (const [hash, sequences] of tail.terms) for (const seq of sequences) terms.push([hash, seq]);
    this.terms = terms.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }

  get rowCount(): number {
    return this.lines.length + this.entries.length + this.terms.length;
  }

  /** How many of the lines the index has. */
  get linesWritten(): number {
    return Math.min(this.position, this.lines.length);
  }

  /** The lines of an account that the index does not have. */
  pending(account: number): readonly FrozenLine[] {
    const range = this.#ranges.get(account);
    return range === undefined ? [] : this.lines.slice(Math.max(range[0], this.linesWritten), Math.max(range[1], this.linesWritten));
  }
}

const months = new Map<DayNumber, MonthNumber>();

function monthOf(day: DayNumber): MonthNumber {
  let month = months.get(day);
  if (month === undefined) {
    if (months.size > 20_000) months.clear();
    month = monthOfDay(day);
    months.set(day, month);
  }
  return month;
}

export function sumCells(lines: readonly FrozenLine[], start: number, end: number): Cells {
  const cells: Cells = new Map();
  for (let i = start; i < end; i++) {
    const line = lines[i] as FrozenLine;
    const id = monthCell(line.account, monthOf(line.day));
    let cell = cells.get(id);
    if (cell === undefined) {
      cell = { debits: 0n, credits: 0n, lines: 0 };
      cells.set(id, cell);
    }
    if (line.amount > 0) cell.debits += BigInt(line.amount);
    else cell.credits += BigInt(-line.amount);
    cell.lines += 1;
  }
  return cells;
}

/** The cells of a segment as one blob: their ids, then debits, then credits, each 8 bytes, in order of id. */
export function encodeCells(cells: Cells): ArrayBuffer {
  const ids = [...cells.keys()].sort((a, b) => a - b);
  const n = ids.length;
  const blob = new ArrayBuffer(n * 24);
  const idColumn = new Float64Array(blob, 0, n);
  const debits = new BigInt64Array(blob, n * 8, n);
  const credits = new BigInt64Array(blob, n * 16, n);
  for (let i = 0; i < n; i++) {
    const id = ids[i] as number;
    const cell = cells.get(id);
    idColumn[i] = id;
    debits[i] = cell?.debits ?? 0n;
    credits[i] = cell?.credits ?? 0n;
  }
  return blob;
}

export interface DecodedCells {
  readonly ids: Float64Array;
  readonly debits: BigInt64Array;
  readonly credits: BigInt64Array;
}

export function decodeCells(blob: ArrayBuffer): DecodedCells {
  const n = blob.byteLength / 24;
  return { ids: new Float64Array(blob, 0, n), debits: new BigInt64Array(blob, n * 8, n), credits: new BigInt64Array(blob, n * 16, n) };
}
