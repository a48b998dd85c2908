import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { type OperatorRoute, operatorRoute } from "../../http/operator-route.ts";
import { healLedgerAccounts } from "./heal-ledger-accounts.ts";

const HealRequest = z.strictObject({
  next: z
    .strictObject({ of: z.enum(["ledger", "catalogue"]), after: z.string().max(100).nullable() })
    .nullable()
    .optional(),
});

/** What the operator does with accounts after a database or an object was restored. */
export const accountOperatorRoutes: readonly OperatorRoute[] = [
  operatorRoute(
    {
      operationId: "healLedgerAccounts",
      method: "post",
      path: "/ledgers/{number}/heal",
      params: z.object({ number: z.string() }),
      body: HealRequest,
    },
    (context, { params, body }) => healLedgerAccounts(context, Number(params.number), body.next ?? undefined),
    (value) => answer(value),
  ),
];
