import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { type OperatorRoute, operatorRoute } from "../../http/operator-route.ts";
import { jurisdictions } from "../../kernel/region.ts";
import { describeSiteDatabases, setSiteDatabase } from "./site-databases.ts";

const SiteDatabaseRequest = z.strictObject({ takesNewSites: z.boolean(), jurisdiction: z.enum(jurisdictions).nullable().optional() });

/** The pool of databases, which the operator of an installation sets. */
export const siteOperatorRoutes: readonly OperatorRoute[] = [
  operatorRoute(
    { operationId: "listSiteDatabases", method: "get", path: "/databases" },
    (context) => describeSiteDatabases(context),
    (data) => answer({ data }),
  ),
  operatorRoute(
    {
      operationId: "setSiteDatabase",
      method: "put",
      path: "/databases/{name}",
      params: z.object({ name: z.string() }),
      body: SiteDatabaseRequest,
    },
    (context, { params, body }) => setSiteDatabase(context, params.name, body),
    (value) => answer(value),
  ),
];
