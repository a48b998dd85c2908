import { decodeAddress, encodeAddress } from "../../kernel/id.ts";
import type { Draft } from "./draft.ts";
import type { Hold } from "./hold.ts";
import type { LedgerState, RecordedEntry } from "./state.ts";

/** The id of a posted entry: its address, or that of the draft it was. */
export function idOf(state: LedgerState, entry: RecordedEntry): string {
  return (
    entry.fact.draftId ?? encodeAddress({ atMs: entry.atMs, ledgerNumber: state.identity.number, kind: "entry", sequence: entry.sequence })
  );
}

/** The entry of an id: the sequence inside it names its fact, or the draft that it was, and the whole id must be the one it was given. */
export function entryById(state: LedgerState, id: string): RecordedEntry | undefined {
  const address = decodeAddress(id);
  if (address === undefined || address.ledgerNumber !== state.identity.number) return undefined;
  const entry = state.entry(address.sequence);
  if (entry !== undefined) return idOf(state, entry) === id ? entry : undefined;
  const draft = draftById(state, id);
  return draft === undefined || draft.entry === null ? undefined : state.entry(draft.entry);
}

/** The draft of an id, posted or not. */
export function draftById(state: LedgerState, id: string): Draft | undefined {
  const address = decodeAddress(id);
  if (address === undefined || address.ledgerNumber !== state.identity.number || address.kind !== "entry") return undefined;
  const draft = state.draft(address.sequence);
  return draft?.id === id ? draft : undefined;
}

export function holdById(state: LedgerState, id: string): Hold | undefined {
  const address = decodeAddress(id);
  if (address === undefined || address.ledgerNumber !== state.identity.number || address.kind !== "hold") return undefined;
  const hold = state.hold(address.sequence);
  return hold?.id === id ? hold : undefined;
}
