/**
 * The steps of a move, in order. Up to `switching` it may be aborted; an aborted move continues from there with its source as the destination,
 * so that both ways end alike: the site under the next epoch in one database, and nothing of it in the other.
 */
const moveSteps = ["closing", "clearing", "copying", "verifying", "switching", "telling", "settling", "sweeping", "done"] as const;
export type MoveStep = (typeof moveSteps)[number];

/** How far a step is that goes through tables or keys. */
export interface MoveProgress {
  /** How many tables it is done with. */
  readonly tables: number;
  /** The key of the last row, or the id of the last token. */
  readonly after: string | null;
  readonly rows: number;
  readonly checksum: string;
}

export const atTheBeginning: MoveProgress = { tables: 0, after: null, rows: 0, checksum: "" };

/** A table as both databases had it. */
export interface CopiedTable {
  readonly name: string;
  readonly rows: number;
  /** SHA-256 over its rows in the order of their key. */
  readonly checksum: string;
}

/** Whether the site still lives where it did, so that the move can be given up. */
export function mayBeAborted(step: MoveStep): boolean {
  return moveSteps.indexOf(step) <= moveSteps.indexOf("switching");
}

/** Where the site will live, and where what is left of it is deleted. */
export function endsOf(move: { readonly source: string; readonly target: string; readonly abortReason: string | null }) {
  const { source, target, abortReason } = move;
  return abortReason === null ? { destination: target, leftover: source } : { destination: source, leftover: target };
}
