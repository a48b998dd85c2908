/**
 * Whether a ledger takes writes. Frozen, it waits for what is decided about its removal, and nothing in it changes meanwhile; retired, it takes
 * nothing for good.
 */
export interface Standing {
  readonly status: "open" | "frozen" | "retired";
  /** The last removal that it has heard of; 0 for none. Later removals have higher numbers. */
  readonly removal: number;
}

export const neverRemoved: Standing = { status: "open", removal: 0 };
