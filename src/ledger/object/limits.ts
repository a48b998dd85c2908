/** How far the index may lag behind the log, how much is written in one turn, and when a ledger is full. */
export interface LedgerLimits {
  /** What the index may lag behind the journal: what a restart has to fold again, and what lists have to wait for. */
  readonly tailLinesMax: number;
  readonly tailBytesMax: number;
  /** Rows written in one turn of the object: about 10 ms. An unsliced flush was measured to hold everything up for 320 ms. */
  readonly sliceRowsMax: number;
  /** At 8 of the 10 GB that an object may hold, a ledger takes no more: what is left is for closing it out. */
  readonly ledgerBytesMax: number;
}

export const ledgerLimits: LedgerLimits = {
  tailLinesMax: 20_000,
  tailBytesMax: 4 * 1024 * 1024,
  sliceRowsMax: 2_000,
  ledgerBytesMax: 8 * 1024 ** 3,
};

/** Variables by which an installation may set other limits; the tests make them small, so that books of a few lines meet them. */
export interface LimitVariables {
  readonly LEDGER_TAIL_LINES?: string;
  readonly LEDGER_SLICE_ROWS?: string;
  readonly LEDGER_BYTES?: string;
}

export function limitsOf(variables: LimitVariables): LedgerLimits {
  return {
    tailLinesMax: wholeNumber(variables.LEDGER_TAIL_LINES) ?? ledgerLimits.tailLinesMax,
    tailBytesMax: ledgerLimits.tailBytesMax,
    sliceRowsMax: wholeNumber(variables.LEDGER_SLICE_ROWS) ?? ledgerLimits.sliceRowsMax,
    ledgerBytesMax: wholeNumber(variables.LEDGER_BYTES) ?? ledgerLimits.ledgerBytesMax,
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
