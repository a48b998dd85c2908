import { present } from "../../kernel/assert.ts";
import { refusal } from "../../platform/refused.ts";
import type { MoveContext } from "./advance-move.ts";
import { mayBeAborted } from "./domain/move.ts";
import { findLastMove, findMove, type MoveRow, saveMove } from "./store.ts";

/** Gives a running move up: the site stays where it is. Refused once the site has switched; then it is moved back by another move. */
export async function abortMove(context: MoveContext, siteId: string): Promise<MoveRow> {
  let move = await findLastMove(context.directory, siteId);
  for (;;) {
    if (!move || move.finishedAt !== null) throw refusal("NOT_FOUND", "No move of this site is under way.");
    if (move.abortReason !== null) return move;
    if (!mayBeAborted(move.step)) throw refusal("IN_USE", `The site lives in ${move.target} already. Move it back once this move is done.`);
    const aborted = await saveMove(context.directory, move, { step: "switching", abortReason: "The operator gave it up.", waitUntil: 0 });
    if (aborted) return aborted;
    move = present(await findMove(context.directory, move.id), "a move stays in the directory");
  }
}
