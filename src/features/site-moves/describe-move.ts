import { findSite } from "../../db/site-rows.ts";
import type { BaseContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { advanceMove } from "./advance-move.ts";
import { continueMove } from "./continue-move.ts";
import { findLastMove, type MoveRow } from "./store.ts";
import { moveView } from "./views.ts";

/** Where a site lives, and its last move. */
export async function describeMove({ directory }: BaseContext, siteId: string) {
  const site = await findSite(directory, siteId);
  if (!site) throw refusal("NOT_FOUND", "There is no site with this id.");
  const move = await findLastMove(directory, site.id);
  const running = move !== undefined && move.finishedAt === null;
  return { siteId: site.id, database: site.database, epoch: site.epoch, move: move ? moveView(move) : null, running };
}

/** Does of a move what one request can, and leaves the rest to the queue. */
export async function goOnWithMove(context: BaseContext, siteId: string, move: MoveRow | undefined) {
  if (move) await continueMove(context, await advanceMove(context, move.id));
  return describeMove(context, siteId);
}
