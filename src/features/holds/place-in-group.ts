import { createHash } from "node:crypto";
import { present } from "../../kernel/assert.ts";
import { holdsPerGroupMax } from "../../kernel/bounds.ts";
import { failureKinds } from "../../kernel/failures.ts";
import type { HoldView, PlaceHold } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { type LedgerAnswer, writeOne } from "../../operation/ledger-write.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import type { LedgerInContext } from "../ledgers/index.ts";
import { adoptGroups } from "./adopt-groups.ts";
import { carryOut } from "./carry-out.ts";
import { findGroup, type KnownHold, noteAnswer, notePlacement } from "./store.ts";

/**
 * Places a hold of a group. The group knows of it before the ledger does: whoever decides the group has this ledger carry the decision out,
 * which bars whatever of the group comes there later.
 */
export async function placeInGroup(
  context: OperationContext,
  ledger: LedgerInContext,
  command: PlaceHold & { readonly groupId: string },
): Promise<LedgerAnswer> {
  const { groupId } = command;
  await adoptGroups(context);
  const id = placementId(context, ledger);
  await notePlacement(context.db, { groupId, id, ledgerNumber: ledger.number, placedBy: context.actor.id, createdAt: context.clock() });
  const group = present(await findGroup(context.db, groupId), "a group is there once a placement was noted");
  if (group.decision !== null) {
    // Nothing of the group is in a ledger that the decision has not come to.
    if (group.legs.every(({ ledgerNumber }) => ledgerNumber !== ledger.number))
      throw refusal("GROUP_ENDED", `The group has been decided: ${group.decision}. None of its holds is placed any more.`, [
        { pointer: "/groupId", code: "GROUP_ENDED", message: "The group has been decided.", groupId, decision: group.decision },
      ]);
    const failed = (await carryOut(context, group)).get(ledger.number);
    if (failed !== undefined) throw new Refused(failed);
  } else if (!group.legs.some((leg) => leg.id === id))
    throw refusal("VALIDATION_ERROR", `groupId: A group has at most ${holdsPerGroupMax} holds.`, [
      { pointer: "/groupId", code: "too_big", message: `A group has at most ${holdsPerGroupMax} holds.` },
    ]);
  const noteHold = (hold: KnownHold | undefined) => noteAnswer(context.db, groupId, id, hold, context.clock());
  try {
    const answer = await writeOne(context, ledger, command);
    // One hold, placed now, or before by whoever its externalId is of.
    const { id: holdId, status, actor } = JSON.parse(answer.body) as HoldView;
    await noteHold({ holdId, ledgerNumber: ledger.number, placedBy: actor.id, state: status === "expired" ? "released" : status });
    return answer;
  } catch (error) {
    // What the ledger could not decide may still be placed.
    if (error instanceof Refused && failureKinds[error.failure.code].status < 500) await noteHold(undefined);
    throw error;
  }
}

/** The same for the request that is repeated, and another for every other one. */
function placementId(context: OperationContext, { number }: LedgerInContext): string {
  const claim = context.idempotency;
  if (claim === undefined) return context.newId();
  return createHash("sha256").update(`${number} ${claim.key} ${claim.fingerprint()}`).digest("base64url");
}
