import { refusal } from "../../platform/refused.ts";
import type { MoveContext } from "./advance-move.ts";
import { mayBeAborted } from "./domain/move.ts";
import { findLastMove, findMove, type MoveRow, saveMove } from "./store.ts";

/** Gives a running move up: the site stays where it is. Refused once the site has switched; then it is moved back by another move. */
export async function abortMove(context: MoveContext, siteId: string): Promise<MoveRow> {
  const move = await findLastMove(context.directory, siteId);
  if (!move || move.finishedAt !== null) throw refusal("NOT_FOUND", "No move of this site is under way.");
  const aborted = await giveUp(context, move.id, "The operator gave it up.");
  if (!aborted) throw refusal("IN_USE", `The site lives in ${move.target} already. Move it back once this move is done.`);
  return aborted;
}

/** Has a move end where it began; undefined where it is too late for that. */
export async function giveUp(context: MoveContext, moveId: string, abortReason: string): Promise<MoveRow | undefined> {
  for (;;) {
    const move = await findMove(context.directory, moveId);
    if (!move || (move.abortReason === null && !mayBeAborted(move.step))) return undefined;
    if (move.abortReason !== null) return move;
    const aborted = await saveMove(context.directory, move, { step: "switching", abortReason, waitUntil: 0 });
    if (aborted) return aborted;
  }
}
