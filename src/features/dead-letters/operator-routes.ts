import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { type OperatorRoute, operatorRoute } from "../../http/operator-route.ts";
import { listQuery } from "../../http/page-query.ts";
import { listDeadLetters } from "./list-dead-letters.ts";
import { retryDeadLetter } from "./retry-dead-letter.ts";

const { limit, cursor } = listQuery;

/** Messages that nothing took, and sending them again. */
export const deadLetterOperatorRoutes: readonly OperatorRoute[] = [
  operatorRoute(
    {
      operationId: "listDeadLetters",
      method: "get",
      path: "/dead-letters",
      query: z.object({ limit, cursor, siteId: z.string().toLowerCase().optional(), queue: z.string().max(50).optional() }),
    },
    (context, { query }) => listDeadLetters(context, query),
    (value) => answer(value),
  ),
  operatorRoute(
    {
      operationId: "retryDeadLetter",
      method: "post",
      path: "/dead-letters/{id}/retry",
      params: z.object({ id: z.string().toLowerCase() }),
    },
    (context, { params }) => retryDeadLetter(context, params.id),
    // It is on its way: when it is taken, it is gone from the list.
    (value) => answer(value, 202),
  ),
];
