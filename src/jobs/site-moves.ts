import { directoryDatabase } from "../db/directory-database.ts";
import type { SiteMoveMessage } from "../features/site-moves/continue-move.ts";
import { advanceMove, continueMove, giveUp } from "../features/site-moves/index.ts";
import { logFor } from "../platform/log.ts";

/** A site must not stay closed over what will not be mended by itself: after so many failures its move is given up. */
const attemptsMax = 5;

/** Continues moves of sites, each as far as one invocation may. */
export async function handleSiteMoves(batch: MessageBatch<SiteMoveMessage>, env: Cloudflare.Env): Promise<void> {
  const context = { env, directory: directoryDatabase(env), clock: Date.now };
  for (const message of batch.messages) {
    try {
      await continueMove(env, await advanceMove(context, message.body.moveId), Date.now());
      message.ack();
    } catch (error) {
      logFor(`queue-${message.id}`).error("site_move", error, { move: message.body.moveId });
      if (message.attempts >= attemptsMax) await giveUp(context, message.body.moveId, "It failed again and again; the log says at what.");
      message.retry({ delaySeconds: 30 });
    }
  }
}
