import type { SortedColumns } from "./sorted-source.ts";

/** The records that the runs lack, in memory. Whoever fills a tail decides what they are. */
export interface Tail<K extends string> {
  readonly fromSequence: number;
  /** The sequence of the last fact of which it has a record, or the one before the first. */
  readonly toSequence: number;
  /** What a start has to fold again: counted against `tailLinesMax`. */
  readonly weight: number;
  readonly bytes: number;
  /** Its records of a kind, sorted. The same until more are added. */
  sorted(kind: K): SortedColumns;
  /** Of a hashed kind: the sequences of the records that have a hash, in order. */
  sequencesOf(kind: K, hash: number): readonly number[] | undefined;
}
