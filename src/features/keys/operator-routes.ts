import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { nameField } from "../../http/fields.ts";
import { requireOperator } from "../../http/middleware/operator.ts";
import type { Router } from "../../http/router.ts";
import { readBody } from "../../http/validate.ts";
import { keylessContext } from "../../operation/build-context.ts";
import { makeOwnerKey } from "./make-owner-key.ts";
import { setPlan } from "./set-plan.ts";

const planField = z.int().min(1).max(1_000_000_000);
const PlanRequest = z.strictObject({ requestsPerMinute: planField });
const OwnerKeyRequest = z.strictObject({ name: nameField, requestsPerMinute: planField.optional() });

/** What the operator does with keys. Outside the document, as all that is the operator's. */
export function registerKeyOperatorRoutes(router: Router): void {
  router.put("/operator/tokens/:id/plan", async (c) => {
    requireOperator(c);
    const { requestsPerMinute } = await readBody(c, PlanRequest);
    const id = c.req.param("id").toLowerCase();
    await setPlan(keylessContext(c.env), id, requestsPerMinute);
    return answer({ id, requestsPerMinute });
  });

  router.post("/operator/sites/:siteId/tokens", async (c) => {
    requireOperator(c);
    const request = await readBody(c, OwnerKeyRequest);
    const made = await makeOwnerKey(keylessContext(c.env), c.req.param("siteId").toLowerCase(), request);
    return answer(made, 201, { "Cache-Control": "no-store" });
  });
}
