import type { GroupOutcome } from "../../ledger/rpc.ts";
import { commitOnce } from "../../operation/commit-once.ts";
import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { carryOut } from "./carry-out.ts";
import { groupStateOf, legAgainst, placementsOver } from "./domain/hold-group.ts";
import { noteUnknownHolds } from "./group-in-ledgers.ts";
import {
  type GroupInRequest,
  type GroupWithLedgers,
  groupInRequest,
  ledgerOfLeg,
  requireDecider,
  requireNoAgent,
} from "./hold-group-in-request.ts";
import { type HoldGroupView, viewHoldGroup } from "./hold-group-view.ts";
import { resolveAllNoted } from "./resolve-noted.ts";
import { decideGroup } from "./store.ts";

/** Placements and the placers of single holds may change a group between looking and deciding. */
const attemptsMax = 10;

export interface DecidedGroup {
  readonly view: HoldGroupView;
  /** Whether a request with the key came before, and the group has been carried out since. */
  readonly replayed: boolean;
}

/**
 * Decides a group, once, and has each of its ledgers carry the decision out. Decided the same way it is driven on and answered as it is; refused, as
 * `HOLD_STATE`, where it was decided otherwise, or a hold of it contradicts the decision.
 */
export async function decideHoldGroup(
  context: OperationContext,
  named: GroupInRequest,
  decision: GroupOutcome,
  reason: string | null,
): Promise<DecidedGroup> {
  requireNoAgent(context.actor);
  let found = await groupInRequest(context, named);
  requireDecider(context, found.group);
  // The key is this request's before anything is decided: another group under it is refused.
  const once = await commitOnce(context, [], { id: found.group.groupId });
  const replayed = !("value" in once) && found.group.carriedOut;
  for (let attempt = 1; found.group.decision === null; attempt++) {
    if (attempt > attemptsMax) throw refusal("OVERLOADED", "The group is being changed by others.");
    await resolveAllNoted(context, found.group);
    await noteUnknownHolds(context, found.group);
    found = await groupInRequest(context, named);
    requireDecider(context, found.group);
    if (found.group.decision !== null) break;
    requireNothingAgainst(found, decision);
    const { actor, requestId } = context;
    await decideGroup(context.db, found.group, { decision, actor, requestId, reason }, context.clock());
    found = await groupInRequest(context, named);
  }
  const { group } = found;
  if (group.decision !== decision)
    throw refusal("HOLD_STATE", `The group has been decided: ${group.decision}.`, [
      {
        pointer: "",
        code: "HOLD_STATE",
        message: `The group has been decided: ${group.decision}.`,
        groupId: group.groupId,
        decision: group.decision,
        state: groupStateOf(group),
      },
    ]);
  await carryOut(context, group);
  return { view: await viewHoldGroup(context, await groupInRequest(context, named)), replayed };
}

function requireNothingAgainst(found: GroupWithLedgers, decision: GroupOutcome): void {
  const { legs, groupId } = found.group;
  const against = legAgainst(decision, legs);
  if (against !== undefined) {
    const { id: ledgerId } = ledgerOfLeg(found, against.ledgerNumber);
    const message =
      against.state === "placing"
        ? `A hold of the group has been sent to ledger ${ledgerId}, and its answer is not known. Repeat its placement under the same key, or release the group.`
        : `Hold ${against.id} of the group has been ${against.state} by itself.`;
    const status = against.state === "placing" ? {} : { holdId: against.id, status: against.state };
    throw refusal("HOLD_STATE", message, [{ pointer: "", code: "HOLD_STATE", message, groupId, ledgerId, ...status }]);
  }
  if (decision === "settle" && legs.every(({ state }) => placementsOver.includes(state))) {
    const message = "No hold of the group was placed.";
    throw refusal("HOLD_STATE", message, [{ pointer: "", code: "HOLD_STATE", message, groupId }]);
  }
}
