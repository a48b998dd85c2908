import type { z } from "@hono/zod-openapi";
import { bucketCapacity } from "../../access/bucket.ts";
import { instant } from "../../kernel/clock.ts";
import type { OperationContext } from "../../platform/context.ts";
import { getSite } from "./get-site.ts";
import type { Me } from "./schemas.ts";
import { siteView } from "./views.ts";

/** The key in use, its site and its plan. */
export async function getMe(context: OperationContext, plan: number): Promise<z.infer<typeof Me>> {
  const site = await getSite(context, context.site.id);
  const { kind, role, id } = context.actor;
  const token = {
    id: context.tokenId,
    kind,
    role,
    principalId: id,
    entityIds: context.entityIds === null ? null : [...context.entityIds],
    expiresAt: context.expiresAtMs === null ? null : instant(context.expiresAtMs),
  };
  return { token, site: siteView(site), plan: { requestsPerMinute: plan, burst: bucketCapacity(plan) } };
}
