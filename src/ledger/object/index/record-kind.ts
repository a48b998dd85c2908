/** What the index has to know of a kind of record. What the records mean is the business of whoever fills and reads them. */
export interface RecordKind {
  /** How many integers a record has. The first two are its key, by which the records of a run are sorted. */
  readonly columns: number;
  /** The first column is a hash, which most runs do not have: each run gets a filter that says so without being read. */
  readonly hashed?: true;
  /** All columns after the key are pairs of halves of sums (halves.ts): a merge adds up the records of one key, and the runs that it merged stay, as covered. */
  readonly sums?: true;
  /** A run whose last record is older is dropped whole. */
  readonly lifeMs?: number;
}

/** The kinds of an index, by name. The names are stored: one that has been written is never given to other records. */
export type RecordKinds<K extends string> = Readonly<Record<K, RecordKind>>;

export function kindNames<K extends string>(kinds: RecordKinds<K>): readonly K[] {
  // Entries of the object lose their keys' type.
  return Object.keys(kinds) as K[];
}
