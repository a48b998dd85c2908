import { type Failure, failure } from "../../kernel/failures.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import type { Command, FreezeLedger, RetireLedger, ThawLedger } from "./command.ts";
import { type Decision, made } from "./decision.ts";
import type { LedgerState } from "./state.ts";

/** Why the ledger takes no such command, nor its close-out, now: it is frozen, or it is retired. What decides about its removal is always heard. */
export function barredBy(
  { standing }: Pick<LedgerState, "standing">,
  { kind }: { readonly kind: Command["kind"] | "close_out" },
): Failure | undefined {
  if (standing.status === "open" || kind === "thaw_ledger" || kind === "retire_ledger") return undefined;
  if (standing.status === "retired") return retired;
  return kind === "freeze_ledger" ? undefined : frozen;
}

const retired = failure("LEDGER_RETIRED", "The ledger was retired with its entity or by a reset of its site; it takes nothing any more.");
const frozen = failure("LEDGER_FROZEN", "The ledger's entity is being deleted; whether it can be is decided within seconds.");

/**
 * Freezes the ledger for a removal: until that is decided nothing is written. Refuses books that are in use, as `IN_USE`: an entry was ever posted,
 * or a draft or a hold is open. Refuses a removal that was given up or that a later one has followed: one that is late freezes nothing.
 */
export function decideFreeze(state: LedgerState, { removal }: FreezeLedger): Result<Decision, Failure> {
  const { standing } = state;
  if (standing.status === "frozen" && standing.removal === removal) return unchanged(state);
  if (removal <= standing.removal)
    return refuse(failure("IN_USE", "The removal is over: another one followed, or it was given up. Repeat it."));
  if (state.hasEntries()) return refuse(failure("IN_USE", "Entries were posted in the entity's books. Archive it instead."));
  if (state.openDrafts() > 0)
    return refuse(
      failure(
        "IN_USE",
        "The entity's books have drafts that are neither posted nor voided. Void them first, or archive the entity instead.",
      ),
    );
  if (state.openHolds() > 0)
    return refuse(failure("IN_USE", "The entity's books have open holds. Release them first, or archive the entity instead."));
  return made({ kind: "ledger_frozen", removal });
}

/** Ends a removal that is given up. Where its freeze has not come yet, that is refused from now on; in books that no removal can freeze there is nothing to note. */
export function decideThaw(state: LedgerState, { removal }: ThawLedger): Result<Decision, Failure> {
  const { status, removal: last } = state.standing;
  const isOver = status === "retired" || removal < last || (status === "open" && (removal === last || state.hasEntries()));
  return isOver ? unchanged(state) : made({ kind: "ledger_thawed", removal });
}

/** Retires the ledger. Never refused: it was decided where the ledger's entity or site is. */
export function decideRetire(state: LedgerState, { removal }: RetireLedger): Result<Decision, Failure> {
  return state.standing.status === "retired" ? unchanged(state) : made({ kind: "ledger_retired", removal });
}

/** It is so already: the last fact stands for the answer. */
function unchanged(state: LedgerState): Result<Decision, Failure> {
  return ok({ facts: [], existing: state.sequence });
}
