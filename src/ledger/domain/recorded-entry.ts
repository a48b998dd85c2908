import { decodeAddress, encodeAddress } from "../../kernel/id.ts";
import type { LedgerState, RecordedEntry } from "./state.ts";

/** The id of a posted entry: its address. */
export function idOf(state: LedgerState, entry: RecordedEntry): string {
  return encodeAddress({ atMs: entry.atMs, ledgerNumber: state.identity.number, kind: "entry", sequence: entry.sequence });
}

/** The entry of an id: the sequence inside it names the fact, and the whole id must be that fact's. */
export function entryById(state: LedgerState, id: string): RecordedEntry | undefined {
  const address = decodeAddress(id);
  if (address === undefined || address.ledgerNumber !== state.identity.number) return undefined;
  const entry = state.entry(address.sequence);
  return entry !== undefined && idOf(state, entry) === id ? entry : undefined;
}
