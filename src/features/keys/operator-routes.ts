import { z } from "@hono/zod-openapi";
import { answer, noStore } from "../../http/answers.ts";
import { nameField } from "../../http/fields.ts";
import { type OperatorRoute, operatorRoute } from "../../http/operator-route.ts";
import { makeOwnerKey } from "./make-owner-key.ts";
import { setPlan } from "./set-plan.ts";

const planField = z.int().min(1).max(1_000_000_000);
const PlanRequest = z.strictObject({ requestsPerMinute: planField });
const OwnerKeyRequest = z.strictObject({ name: nameField, requestsPerMinute: planField.optional() });

/** What the operator does with keys. */
export const keyOperatorRoutes: readonly OperatorRoute[] = [
  operatorRoute(
    {
      operationId: "setPlan",
      method: "put",
      path: "/tokens/{id}/plan",
      params: z.object({ id: z.string().toLowerCase() }),
      body: PlanRequest,
    },
    (context, { params, body }) => setPlan(context, params.id, body.requestsPerMinute),
    (value) => answer(value),
  ),
  operatorRoute(
    {
      operationId: "makeOwnerKey",
      method: "post",
      path: "/sites/{siteId}/tokens",
      params: z.object({ siteId: z.string().toLowerCase() }),
      body: OwnerKeyRequest,
    },
    (context, { params, body }) => makeOwnerKey(context, params.siteId, body),
    (value) => answer(value, 201, noStore),
  ),
];
