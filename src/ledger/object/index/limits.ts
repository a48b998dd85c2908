/** How far the index may lag behind the log, how much of it is written at once, and when a ledger is full. */
export interface LedgerLimits {
  /** What the index may lag behind the journal: what a restart has to fold again. */
  readonly tailLinesMax: number;
  readonly tailBytesMax: number;
  /** Records of a block of the index, the least that is written and read of it: about 10 KB where a tail is written. */
  readonly blockRecords: number;
  /** So many runs of one level become one of the next: less makes writing dearer, more makes reading. */
  readonly runsMerged: number;
  /**
   * So many matches of a list are gathered and sorted, entries or lines. Where there are more, every fiftieth entry of a million is one
   * and the log itself soon has a page of lines: both are then read in the list's own order.
   */
  readonly entriesGatheredMax: number;
  readonly linesGatheredMax: number;
  /** At 8 of the 10 GB that an object may hold, a ledger takes no more: what is left is for closing it out. */
  readonly ledgerBytesMax: number;
  /** A file of a closed ledger's log is written once it has so much: it is made in memory. */
  readonly archiveFileBytes: number;
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

export const ledgerLimits: LedgerLimits = {
  tailLinesMax: 20_000,
  tailBytesMax: 4 * 1024 * 1024,
  blockRecords: 1_024,
  runsMerged: 16,
  entriesGatheredMax: 20_000,
  linesGatheredMax: 50_000,
  ledgerBytesMax: 8 * 1024 ** 3,
  archiveFileBytes: 8 * 1024 ** 2,
};

/** Variables by which an installation may set other limits; the tests make them small, so that books of a few lines meet them. */
export interface LimitVariables {
  readonly LEDGER_TAIL_LINES?: string;
  readonly LEDGER_BLOCK_RECORDS?: string;
  readonly LEDGER_RUNS_MERGED?: string;
  readonly LEDGER_GATHERED?: string;
  readonly LEDGER_BYTES?: string;
  readonly LEDGER_ARCHIVE_BYTES?: string;
}

export function limitsOf(variables: LimitVariables): LedgerLimits {
  return {
    tailLinesMax: wholeNumber(variables.LEDGER_TAIL_LINES) ?? ledgerLimits.tailLinesMax,
    tailBytesMax: ledgerLimits.tailBytesMax,
    blockRecords: wholeNumber(variables.LEDGER_BLOCK_RECORDS) ?? ledgerLimits.blockRecords,
    runsMerged: wholeNumber(variables.LEDGER_RUNS_MERGED) ?? ledgerLimits.runsMerged,
    entriesGatheredMax: wholeNumber(variables.LEDGER_GATHERED) ?? ledgerLimits.entriesGatheredMax,
    linesGatheredMax: wholeNumber(variables.LEDGER_GATHERED) ?? ledgerLimits.linesGatheredMax,
    ledgerBytesMax: wholeNumber(variables.LEDGER_BYTES) ?? ledgerLimits.ledgerBytesMax,
    archiveFileBytes: wholeNumber(variables.LEDGER_ARCHIVE_BYTES) ?? ledgerLimits.archiveFileBytes,
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
