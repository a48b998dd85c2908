import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { type OperatorRoute, operatorRoute } from "../../http/operator-route.ts";
import { abortMove } from "./abort-move.ts";
import { describeMove, goOnWithMove } from "./describe-move.ts";
import { startMove } from "./start-move.ts";

const MoveRequest = z.strictObject({ database: z.string().max(50), alone: z.boolean().optional() });
const move = { path: "/sites/{siteId}/move", params: z.object({ siteId: z.string().toLowerCase() }) } as const;

/** 202 while the move goes on. */
function answerMove({ running, ...site }: Awaited<ReturnType<typeof describeMove>>): Response {
  return answer(site, running ? 202 : 200);
}

/** Moving a site to another database. */
export const siteMoveOperatorRoutes: readonly OperatorRoute[] = [
  operatorRoute(
    { ...move, operationId: "getSiteMove", method: "get" },
    (context, { params }) => describeMove(context, params.siteId),
    answerMove,
  ),
  // Begins it; a repeated request resumes it.
  operatorRoute(
    { ...move, operationId: "startSiteMove", method: "post", body: MoveRequest },
    async (context, { params, body }) => goOnWithMove(context, params.siteId, await startMove(context, params.siteId, body)),
    answerMove,
  ),
  operatorRoute(
    { ...move, operationId: "abortSiteMove", method: "delete" },
    async (context, { params }) => goOnWithMove(context, params.siteId, await abortMove(context, params.siteId)),
    answerMove,
  ),
];
