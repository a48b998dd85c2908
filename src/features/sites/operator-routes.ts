import { z } from "@hono/zod-openapi";
import { directoryDatabase } from "../../db/directory-database.ts";
import { siteDatabaseNames } from "../../db/site-database.ts";
import { answer } from "../../http/answers.ts";
import { requireOperator } from "../../http/middleware/operator.ts";
import type { Router } from "../../http/router.ts";
import { readBody } from "../../http/validate.ts";
import { jurisdictions } from "../../kernel/region.ts";
import { refusal } from "../../platform/refused.ts";
import { describeSiteDatabases, setSiteDatabase } from "./site-databases.ts";

const SiteDatabaseRequest = z.strictObject({ takesNewSites: z.boolean(), jurisdiction: z.enum(jurisdictions).nullable().optional() });

/** The pool of databases, which the operator of an installation sets: outside the document, and there only with OPERATOR_TOKEN. */
export function registerSiteOperatorRoutes(router: Router): void {
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
