import type { Columns } from "./columns.ts";
import type { Chunk, Key, SortedSource } from "./sorted-source.ts";

/** Sorted records in the order in which they are written. */
export interface RecordFeed {
  /** Copies the next records to the columns of `out`, at most `max`, and returns how many; 0 at the end. */
  take(out: Columns, max: number): number;
}

interface Head {
  readonly source: SortedSource;
  chunk: Chunk;
  /** Index in the chunk's columns, and where the chunk's records end there. */
  at: number;
  end: number;
  /** The key of the record there: compared with those of all other heads, for every record. */
  a: number;
  b: number;
}

/** A stretch as short as this is copied by hand: a view of it costs more. */
const shortStretch = 24;

/**
 * The records of several sources as one, those after `after` where it is given: a merge goes on behind what it has written.
 * The heads stand in order of their keys, so that the first is always next, and the second says for how long.
 */
export function merged(sources: readonly SortedSource[], after: Key | undefined): RecordFeed {
  const heads = headsOf(sources, after);
  return {
    take(out, max) {
      let taken = 0;
      while (taken < max && heads.length > 0) {
        const head = heads[0] as Head;
        const stop = stretchEnd(head, heads[1], Math.min(head.end, head.at + max - taken));
        copy(head.chunk.columns, head.at, stop, out, taken);
        taken += stop - head.at;
        moveFirst(heads, stop);
      }
      return taken;
    },
  };
}

/** The same, with the records of one key added up: every column after the key is a pair of halves, see `addHalves`. */
export function mergedSums(sources: readonly SortedSource[], after: Key | undefined): RecordFeed {
  const heads = headsOf(sources, after);
  return {
    take(out, max) {
      let taken = 0;
      while (heads.length > 0) {
        const head = heads[0] as Head;
        const isSame = taken > 0 && (out[0] as Float64Array)[taken - 1] === head.a;
        // A cell is whole before its block ends.
        if (!isSame && taken === max) break;
        if (isSame) addRecord(out, taken - 1, head.chunk.columns, head.at);
        else {
          copy(head.chunk.columns, head.at, head.at + 1, out, taken);
          taken += 1;
        }
        moveFirst(heads, head.at + 1);
      }
      return taken;
    },
  };
}

/** What a half holds: sums up to 2^63 are kept as a number of these and a rest, both exact in a Float64Array. */
export const halfSpan = 2 ** 32;

/** Adds two sums in halves, at `at` and `from` of their columns, high before low. */
export function addHalves(high: Float64Array, low: Float64Array, at: number, moreHigh: number, moreLow: number): void {
  const sum = (low[at] as number) + moreLow;
  const carry = Math.floor(sum / halfSpan);
  low[at] = sum - carry * halfSpan;
  high[at] = (high[at] as number) + moreHigh + carry;
}

const keyColumns = 2;

function addRecord(out: Columns, at: number, columns: Columns, from: number): void {
  for (let i = keyColumns; i < columns.length; i += 2) {
    const [high, low] = [columns[i] as Float64Array, columns[i + 1] as Float64Array];
    addHalves(out[i] as Float64Array, out[i + 1] as Float64Array, at, high[from] as number, low[from] as number);
  }
}

function headsOf(sources: readonly SortedSource[], after: Key | undefined): Head[] {
  const heads: Head[] = [];
  for (const source of sources) {
    // Keys are integers: what follows (a, b) is not before (a, b + 1).
    const position = after === undefined ? 0 : source.lowerBound(after[0], after[1] + 1);
    if (position === source.length) continue;
    const chunk = source.chunkAt(position);
    const head: Head = { source, chunk, at: position - chunk.start, end: chunk.end - chunk.start, a: 0, b: 0 };
    readKey(head);
    heads.push(head);
  }
  return heads.sort((x, y) => x.a - y.a || x.b - y.b);
}

function readKey(head: Head): void {
  const { columns } = head.chunk;
  head.a = (columns[0] as Float64Array)[head.at] as number;
  head.b = (columns[1] as Float64Array)[head.at] as number;
}

/** Moves the first head on and puts it where it belongs now; one that is at its end is no more. */
function moveFirst(heads: Head[], to: number): void {
  const head = heads[0] as Head;
  head.at = to;
  if (to === head.end) {
    const position = head.chunk.start + to;
    if (position === head.source.length) {
      heads.shift();
      return;
    }
    head.chunk = head.source.chunkAt(position);
    head.at = position - head.chunk.start;
    head.end = head.chunk.end - head.chunk.start;
  }
  readKey(head);
  let at = 0;
  for (; at + 1 < heads.length; at++) {
    const next = heads[at + 1] as Head;
    if (next.a > head.a || (next.a === head.a && next.b > head.b)) break;
    heads[at] = next;
  }
  heads[at] = head;
}

/** Where the head's records stop being before those of the next. */
function stretchEnd(head: Head, next: Head | undefined, end: number): number {
  if (next === undefined) return end;
  const { a, b } = next;
  const { columns } = head.chunk;
  const as = columns[0] as Float64Array;
  const bs = columns[1] as Float64Array;
  let stop = head.at + 1;
  while (stop < end) {
    const value = as[stop] as number;
    if (value > a || (value === a && (bs[stop] as number) >= b)) break;
    stop += 1;
  }
  return stop;
}

function copy(columns: Columns, from: number, to: number, out: Columns, at: number): void {
  for (let i = 0; i < columns.length; i++) {
    const source = columns[i] as Float64Array;
    const target = out[i] as Float64Array;
    if (to - from > shortStretch) target.set(source.subarray(from, to), at);
    else for (let j = from; j < to; j++) target[at + j - from] = source[j] as number;
  }
}
