import { z } from "@hono/zod-openapi";
import { directoryDatabase } from "../../db/directory-database.ts";
import { findSite } from "../../db/site-rows.ts";
import { answer } from "../../http/answers.ts";
import { requireOperator } from "../../http/middleware/operator.ts";
import type { RequestContext, Router } from "../../http/router.ts";
import { readBody } from "../../http/validate.ts";
import { refusal } from "../../platform/refused.ts";
import { abortMove } from "./abort-move.ts";
import { advanceMove, type MoveContext } from "./advance-move.ts";
import { continueMove } from "./continue-move.ts";
import { startMove } from "./start-move.ts";
import { findLastMove, type MoveRow } from "./store.ts";
import { moveView } from "./views.ts";

const MoveRequest = z.strictObject({ database: z.string().max(50), alone: z.boolean().optional() });

/** Moving a site to another database. Outside the document, as all that is the operator's. */
export function registerSiteMoveRoutes(router: Router): void {
  const path = "/operator/sites/:siteId/move";

  router.get(path, async (c) => {
    requireOperator(c);
    return answerSite(c);
  });

  // Begins it; repeated, goes on with it.
  router.post(path, async (c) => {
    requireOperator(c);
    const move = await startMove(moveContext(c), siteIdOf(c), await readBody(c, MoveRequest));
    return goOn(c, move);
  });

  router.delete(path, async (c) => {
    requireOperator(c);
    return goOn(c, await abortMove(moveContext(c), siteIdOf(c)));
  });
}

/** Does what one request can, and leaves the rest to the queue. */
async function goOn(c: RequestContext, move: MoveRow | undefined): Promise<Response> {
  if (move) await continueMove(c.env, await advanceMove(moveContext(c), move.id), Date.now());
  return answerSite(c);
}

async function answerSite(c: RequestContext): Promise<Response> {
  const { directory } = moveContext(c);
  const site = await findSite(directory, siteIdOf(c));
  if (!site) throw refusal("NOT_FOUND", "There is no site with this id.");
  const move = await findLastMove(directory, site.id);
  const running = move !== undefined && move.finishedAt === null;
  return answer({ siteId: site.id, database: site.database, epoch: site.epoch, move: move ? moveView(move) : null }, running ? 202 : 200);
}

function moveContext(c: RequestContext): MoveContext {
  return { env: c.env, directory: directoryDatabase(c.env), clock: Date.now };
}

function siteIdOf(c: RequestContext): string {
  return (c.req.param("siteId") ?? "").toLowerCase();
}
