import { consumer } from "../../operation/consumer.ts";
import { giveUp } from "./abort-move.ts";
import { advanceMove } from "./advance-move.ts";
import { continueMove, type SiteMoveMessage } from "./continue-move.ts";

/** A site must not stay closed over what will not be mended by itself: after so many failures its move is given up. */
const attemptsMax = 5;

/** Continues moves of sites, each as far as one invocation may. */
export const siteMovesConsumer = consumer({
  job: "site-moves",
  retryAfterSeconds: 30,
  read: readSiteMove,
  async take(context, { moveId }, attempt) {
    try {
      await continueMove(context, await advanceMove(context, moveId));
    } catch (error) {
      if (attempt >= attemptsMax) await giveUp(context, moveId, "It failed again and again; the log says at what.");
      throw error;
    }
  },
  // Moves are the directory's: the site's own database is shut while it is moved.
  remains: ({ moveId }) => ({ siteId: "", kind: "site_move", message: { moveId } }),
});

function readSiteMove(body: unknown): SiteMoveMessage | undefined {
  if (typeof body !== "object" || body === null || !("moveId" in body)) return undefined;
  return typeof body.moveId === "string" ? { moveId: body.moveId } : undefined;
}
