import { z } from "@hono/zod-openapi";
import { directoryDatabase } from "../../db/directory-database.ts";
import { answer } from "../../http/answers.ts";
import { nameField } from "../../http/fields.ts";
import type { Router } from "../../http/router.ts";
import { readBody } from "../../http/validate.ts";
import { newUuid } from "../../platform/context-builder.ts";
import { refusal } from "../../platform/refused.ts";
import { operatorToken, sameSecret } from "../../platform/secrets.ts";
import { issueToken } from "./issue-token.ts";
import { findSiteScope, insertToken } from "./store.ts";
import { tokenView } from "./views.ts";

const planField = z.int().min(1).max(1_000_000_000);
const PlanRequest = z.strictObject({ requestsPerMinute: planField });
const OwnerKeyRequest = z.strictObject({ name: nameField, requestsPerMinute: planField.optional() });

/** What the operator of an installation sets, not its users: outside the document, and there only with OPERATOR_TOKEN. */
export function registerOperatorRoutes(router: Router): void {
  router.put("/operator/tokens/:id/plan", async (c) => {
    requireOperator(c.env, c.req.header("authorization"));
    const { requestsPerMinute } = await readBody(c, PlanRequest);
    const known = await c.env.ACCESS.getByName(c.req.param("id").toLowerCase()).setPlan(requestsPerMinute);
    if (!known) throw refusal("NOT_FOUND", "There is no token with this id.");
    return answer({ id: c.req.param("id"), requestsPerMinute });
  });

  // The way back in for a site whose keys are lost.
  router.post("/operator/sites/:siteId/tokens", async (c) => {
    requireOperator(c.env, c.req.header("authorization"));
    const { name, requestsPerMinute } = await readBody(c, OwnerKeyRequest);
    const directory = directoryDatabase(c.env);
    const site = await findSiteScope(directory, c.req.param("siteId").toLowerCase());
    if (!site) throw refusal("NOT_FOUND", "There is no site with this id.");
    const [id, now] = [newUuid(), Date.now()];
    const { key, row } = await issueToken(
      c.env.ACCESS,
      site,
      {
        id,
        name,
        kind: "service",
        role: "OWNER",
        principalId: id,
        entityIds: null,
        expiresAtMs: null,
        ...(requestsPerMinute === undefined ? {} : { plan: requestsPerMinute }),
      },
      now,
    );
    await insertToken(directory, row).run();
    return answer({ ...tokenView(row, now), key }, 201, { "Cache-Control": "no-store" });
  });
}

function requireOperator(env: Cloudflare.Env, authorization: string | undefined): void {
  const expected = operatorToken(env);
  const presented = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (expected === undefined || presented === undefined || !sameSecret(presented, expected))
    throw refusal("UNAUTHENTICATED", "This takes the operator's token.");
}
