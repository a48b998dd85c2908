/** How far an index may lag behind the log, and how much of it is written at once. */
export interface IndexLimits {
  /** What the index may lag behind the journal: what a restart has to fold again. */
  readonly tailLinesMax: number;
  readonly tailBytesMax: number;
  /** Records of a block of the index, the least that is written and read of it: about 10 KB where a tail is written. */
  readonly blockRecords: number;
  /** So many runs of one level become one of the next: fewer make writing dearer, more make reading dearer. */
  readonly runsMerged: number;
}

/** So much of what the index may lag behind becomes a run of each kind. The fewer they are, the less each line costs of what a run costs at all. */
export const frozenAt = 3 / 4;

/**
 * Records of the index that are written for each line posted. A line comes to four at the most (an entry's amount and terms are shared by its lines):
 * a tail is on disk before a quarter as many lines have come again, and the runs of a level are merged well before there are as many more.
 */
export const flushPace = 16;
export const mergePace = 12;

/**
 * A block of merged runs has so many times the records. For every block a statement is run to write it, to read it and to delete it; four times as long
 * they were measured to make posting a twentieth cheaper and the balances of a year half as dear, a page of a list no dearer.
 */
export const mergedBlockFactor = 4;
