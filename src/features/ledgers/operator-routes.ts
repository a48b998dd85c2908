import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { instantInput } from "../../http/fields.ts";
import { type OperatorRoute, operatorRoute } from "../../http/operator-route.ts";
import { listLedgersOfSite } from "./list-ledgers-of-site.ts";
import { restoreLedger } from "./restore-ledger.ts";

const RestoreRequest = z.union([z.strictObject({ at: instantInput }), z.strictObject({ bookmark: z.string().min(1).max(200) })]);

/** What the operator does with ledgers after a database or an object was restored. */
export const ledgerOperatorRoutes: readonly OperatorRoute[] = [
  operatorRoute(
    {
      operationId: "listLedgersOfSite",
      method: "get",
      path: "/sites/{siteId}/ledgers",
      params: z.object({ siteId: z.string().toLowerCase() }),
      query: z.object({ after: z.string().optional() }),
    },
    (context, { params, query }) => listLedgersOfSite(context, params.siteId, Number(query.after ?? 0)),
    (data) => answer({ data }),
  ),
  operatorRoute(
    {
      operationId: "restoreLedger",
      method: "post",
      path: "/ledgers/{number}/restore",
      params: z.object({ number: z.string() }),
      body: RestoreRequest,
    },
    (context, { params, body }) => restoreLedger(context, Number(params.number), "at" in body ? { atMs: Date.parse(body.at) } : body),
    (value) => answer(value),
  ),
];
