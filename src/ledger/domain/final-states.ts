import { type Failure, failure } from "../../kernel/failures.ts";
import { refusalAt } from "./decision.ts";
import type { Hold } from "./hold.ts";
import { idOf } from "./recorded-entry.ts";
import type { LedgerState, RecordedEntry } from "./state.ts";

/** Why an entry cannot be reversed: it has been, or is a reversal itself. */
export function notToBeReversed(state: LedgerState, original: RecordedEntry): Failure | undefined {
  const reversal = state.reversalOf(original.sequence);
  if (reversal !== undefined) {
    const by = state.entry(reversal);
    return refusalAt("ALREADY_REVERSED", "The entry has been reversed before.", "", by ? { reversedBy: idOf(state, by) } : {});
  }
  if (original.fact.reversalOf !== null) return failure("IS_REVERSAL", "The entry is itself a reversal, and a reversal is never reversed.");
  return undefined;
}

/** Why a hold cannot be resolved: it has been. */
export function notToBeSettled(state: LedgerState, hold: Hold): Failure | undefined {
  if (hold.status === "open") return undefined;
  const entry = hold.status === "settled" && hold.resolved !== null ? state.entry(hold.resolved) : undefined;
  const { groupId } = hold.fact;
  const end = groupId === null ? undefined : state.groupEnd(groupId);
  const decided = end === undefined ? "" : ` Its group has been decided: ${end.outcome}.`;
  return refusalAt("HOLD_STATE", `The hold is ${hold.status}.${decided}`, "", {
    status: hold.status,
    ...(end ? { decision: end.outcome } : {}),
    ...(entry ? { sequence: entry.sequence } : {}),
  });
}
