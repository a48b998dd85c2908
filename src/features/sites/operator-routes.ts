import { z } from "@hono/zod-openapi";
import { issueToken } from "../../access/issue-token.ts";
import { directoryDatabase } from "../../db/directory-database.ts";
import { siteDatabaseNames } from "../../db/site-database.ts";
import { answer } from "../../http/answers.ts";
import { nameField } from "../../http/fields.ts";
import { requireOperator } from "../../http/middleware/operator.ts";
import type { Router } from "../../http/router.ts";
import { readBody } from "../../http/validate.ts";
import { jurisdictions } from "../../kernel/region.ts";
import { newUuid } from "../../operation/build-context.ts";
import { objectOf } from "../../platform/objects.ts";
import { refusal } from "../../platform/refused.ts";
import { describeSiteDatabases, setSiteDatabase } from "./site-databases.ts";
import { findSiteScope, findTokenPlace, insertToken, keepEpoch } from "./store.ts";
import { tokenView } from "./views.ts";

const planField = z.int().min(1).max(1_000_000_000);
const PlanRequest = z.strictObject({ requestsPerMinute: planField });
const SiteDatabaseRequest = z.strictObject({ takesNewSites: z.boolean(), jurisdiction: z.enum(jurisdictions).nullable().optional() });
const OwnerKeyRequest = z.strictObject({ name: nameField, requestsPerMinute: planField.optional() });

/** What the operator of an installation sets, not its users: outside the document, and there only with OPERATOR_TOKEN. */
export function registerOperatorRoutes(router: Router): void {
  router.put("/operator/tokens/:id/plan", async (c) => {
    requireOperator(c);
    const { requestsPerMinute } = await readBody(c, PlanRequest);
    const id = c.req.param("id").toLowerCase();
    const place = await findTokenPlace(directoryDatabase(c.env), id);
    if (!place || !(await objectOf(c.env.ACCESS, place, id).setPlan(requestsPerMinute)))
      throw refusal("NOT_FOUND", "There is no token with this id.");
    return answer({ id, requestsPerMinute });
  });

  // The way back in for a site whose keys are lost.
  router.post("/operator/sites/:siteId/tokens", async (c) => {
    requireOperator(c);
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
    await directory.orm.batch([keepEpoch(directory, site), insertToken(directory, row)]);
    return answer({ ...tokenView(row, now), key }, 201, { "Cache-Control": "no-store" });
  });

  router.get("/operator/databases", async (c) => {
    requireOperator(c);
    return answer({ data: await describeSiteDatabases(c.env, directoryDatabase(c.env)) });
  });

  // What is said is of sites to come; those that are there stay until they are moved.
  router.put("/operator/databases/:name", async (c) => {
    requireOperator(c);
    const request = await readBody(c, SiteDatabaseRequest);
    const name = c.req.param("name");
    if (!siteDatabaseNames(c.env).includes(name)) throw refusal("NOT_FOUND", `There is no binding ${name}.`);
    return answer(await setSiteDatabase(directoryDatabase(c.env), name, request));
  });
}
