import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { refusal } from "../platform/refused.ts";
import { operatorToken } from "../platform/secrets.ts";
import { answer } from "./answers.ts";
import type { Router } from "./router.ts";
import { readBody } from "./validate.ts";

const PlanRequest = z.strictObject({ requestsPerMinute: z.int().min(1).max(1_000_000_000) });

/** What the operator of an installation sets, not its users: outside the document, and there only with OPERATOR_TOKEN. */
export function registerOperatorRoutes(router: Router): void {
  router.put("/operator/tokens/:id/plan", async (c) => {
    const expected = operatorToken(c.env);
    const presented = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (expected === undefined || presented === undefined || !isSame(expected, presented))
      throw refusal("UNAUTHENTICATED", "This takes the operator's token.");
    const { requestsPerMinute } = await readBody(c, PlanRequest);
    const known = await c.env.ACCESS.getByName(c.req.param("id").toLowerCase()).setPlan(requestsPerMinute);
    if (!known) throw refusal("NOT_FOUND", "There is no token with this id.");
    return answer({ id: c.req.param("id"), requestsPerMinute });
  });
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
