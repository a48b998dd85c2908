import type { Columns } from "./columns.ts";

/** A stretch of sorted records in memory: positions `start` to `end` of its source, from index 0 of its columns. */
export interface Chunk {
  readonly columns: Columns;
  readonly start: number;
  readonly end: number;
}

/** Records in order of their first two columns, wherever they are stored. */
export interface SortedSource {
  readonly length: number;
  /** The facts whose records it has: those of a later source all have higher sequences. */
  readonly fromSequence: number;
  readonly toSequence: number;
  /** The first position whose key is not before (a, b). */
  lowerBound(a: number, b: number): number;
  /** The stretch that holds a position. */
  chunkAt(position: number): Chunk;
}

/** The first index from `low` to `high` whose key is not before (a, b). */
export function lowerBoundIn(columns: Columns, low: number, high: number, a: number, b: number): number {
  const [as, bs] = columns as readonly [Float64Array, Float64Array];
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const value = as[middle] as number;
    if (value < a || (value === a && (bs[middle] as number) < b)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Sorted records in memory. */
export class SortedColumns implements SortedSource {
  readonly columns: Columns;
  readonly length: number;
  readonly fromSequence: number;
  readonly toSequence: number;

  constructor(columns: Columns, sequences: { readonly from: number; readonly to: number }) {
    this.columns = columns;
    this.length = columns[0]?.length ?? 0;
    this.fromSequence = sequences.from;
    this.toSequence = sequences.to;
  }

  lowerBound(a: number, b: number): number {
    return lowerBoundIn(this.columns, 0, this.length, a, b);
  }

  chunkAt(): Chunk {
    return { columns: this.columns, start: 0, end: this.length };
  }
}

/** A key: the first two columns of a record. */
export type Key = readonly [a: number, b: number];

export interface KeyRange {
  /** Inside. */
  readonly from: Key;
  /** Outside. */
  readonly to: Key;
}

/** Every key whose first part is from `from` to `to`, both inside. */
export function keysFrom(from: number, to: number): KeyRange {
  return { from: [from, 0], to: [to + 1, 0] };
}

/** The range cut down to what comes after a key in the direction of a list. */
export function beyond(range: KeyRange, key: Key | undefined, direction: "asc" | "desc"): KeyRange {
  if (key === undefined) return range;
  return direction === "asc" ? { from: [key[0], key[1] + 1], to: range.to } : { from: range.from, to: key };
}

/** A stretch of records: indexes `from` to `to` of the columns. */
export interface Stretch {
  readonly columns: Columns;
  readonly from: number;
  readonly to: number;
}

/** A source's records in the range, stretch by stretch, each loaded when it is asked for. */
export function* stretchesIn(source: SortedSource, range: KeyRange): Generator<Stretch> {
  const end = source.lowerBound(...range.to);
  for (let position = source.lowerBound(...range.from); position < end; ) {
    const chunk = source.chunkAt(position);
    const stop = Math.min(chunk.end, end);
    yield { columns: chunk.columns, from: position - chunk.start, to: stop - chunk.start };
    position = stop;
  }
}

/** Calls `visit` with each stretch of a source's records in the range. */
export function visitRange(source: SortedSource, range: KeyRange, visit: (columns: Columns, from: number, to: number) => void): void {
  for (const { columns, from, to } of stretchesIn(source, range)) visit(columns, from, to);
}

/** How many records the sources have in the range: positions are subtracted, nothing is read but the ends. */
export function countRange(sources: readonly SortedSource[], range: KeyRange): number {
  let count = 0;
  for (const source of sources) count += source.lowerBound(...range.to) - source.lowerBound(...range.from);
  return count;
}

interface Head {
  readonly source: SortedSource;
  position: number;
  readonly last: number;
  chunk: Chunk;
}

/**
 * The records of all sources in the range, in one order, as arrays of their columns' values.
 * What is not read on is not loaded: a page costs one stretch a source.
 */
export function* inOrder(sources: readonly SortedSource[], range: KeyRange, direction: "asc" | "desc"): Generator<readonly number[]> {
  const step = direction === "asc" ? 1 : -1;
  const heads: Head[] = [];
  for (const source of sources) {
    const first = source.lowerBound(...range.from);
    const end = source.lowerBound(...range.to);
    if (first >= end) continue;
    const position = step === 1 ? first : end - 1;
    heads.push({ source, position, last: step === 1 ? end - 1 : first, chunk: source.chunkAt(position) });
  }
  while (heads.length > 0) {
    let best = 0;
    for (let i = 1; i < heads.length; i++) if (compare(heads[i] as Head, heads[best] as Head) * step < 0) best = i;
    const head = heads[best] as Head;
    const at = head.position - head.chunk.start;
    yield head.chunk.columns.map((column) => column[at] as number);
    if (head.position === head.last) heads.splice(best, 1);
    else {
      head.position += step;
      if (head.position >= head.chunk.end || head.position < head.chunk.start) head.chunk = head.source.chunkAt(head.position);
    }
  }
}

function compare(x: Head, y: Head): number {
  const i = x.position - x.chunk.start;
  const j = y.position - y.chunk.start;
  const [xa, xb] = x.chunk.columns as readonly [Float64Array, Float64Array];
  const [ya, yb] = y.chunk.columns as readonly [Float64Array, Float64Array];
  return (xa[i] as number) - (ya[j] as number) || (xb[i] as number) - (yb[j] as number);
}
