import type { IndexLimits } from "../index/index-limits.ts";

/** The limits of a ledger: those of its index, of its lists, and when it is full. */
export interface LedgerLimits extends IndexLimits {
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

const ledgerLimits: LedgerLimits = {
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
