import { type Failure, failure } from "../../kernel/failures.ts";
import type { Actor } from "../../kernel/role.ts";
import { refusalAt } from "./decision.ts";
import type { Hold } from "./hold.ts";
import type { LedgerState } from "./state.ts";

/** Why none is placed in a group any more. */
export function groupEnded(state: LedgerState, groupId: string): Failure | undefined {
  const end = state.groupEnd(groupId);
  if (end === undefined) return undefined;
  return refusalAt("GROUP_ENDED", `The group has been decided: ${end.outcome}. None of its holds is placed any more.`, "/groupId", {
    groupId,
    decision: end.outcome,
  });
}

/**
 * Why a hold is not resolved by itself without its group's knowing. Asked before its state, so that whoever asks is led to the group whatever has become of
 * the hold, and stored under no idempotency key.
 */
export function unknownToGroup({ id, fact }: Hold, noted: true | undefined): Failure | undefined {
  const { groupId, placedBy } = fact;
  if (groupId === null || noted) return undefined;
  const message = "A hold of a group is settled or released as its group knows of it.";
  return failure("FORBIDDEN", message, [
    { pointer: "", code: "FORBIDDEN", message, rule: groupRule, holdId: id, groupId, placedBy: { kind: placedBy.kind, id: placedBy.id } },
  ]);
}

/** What `unknownToGroup` says in the details of its refusal, for whoever asked without the group. */
export const groupRule = "group_first";

/** Why a hold of a group is not the actor's to resolve by itself: another placed it. */
export function anothersHalf({ fact }: Hold, actor: Actor): Failure | undefined {
  if (fact.groupId === null || fact.placedBy.id === actor.id) return undefined;
  return failure(
    "FORBIDDEN",
    "A hold of a group is settled or released by itself by who placed it alone. An ADMIN settles or releases the group: POST /hold-groups/{groupId}/settle or release.",
  );
}
