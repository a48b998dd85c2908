import type { z } from "@hono/zod-openapi";
import { bucketCapacity } from "../../access/bucket.ts";
import { instant } from "../../kernel/clock.ts";
import type { OperationContext } from "../../operation/context.ts";
import { getSite, siteView } from "../sites/index.ts";
import type { Me } from "./schemas.ts";
import { findUser } from "./store.ts";
import { userView } from "./views.ts";

/** The key or session in use, the user where it is one's, the site and the plan. */
export async function getMe(context: OperationContext): Promise<z.infer<typeof Me>> {
  const site = await getSite(context, context.site.id);
  const { kind, role, id } = context.actor;
  const user = kind === "person" ? await findUser(context.directory, context.site.firmId, id) : undefined;
  const token = {
    id: context.tokenId,
    kind,
    role,
    principalId: id,
    entityIds: context.entityIds === null ? null : [...context.entityIds],
    expiresAt: context.expiresAtMs === null ? null : instant(context.expiresAtMs),
  };
  const { plan } = context;
  return {
    token: context.session === null ? token : null,
    session: context.session === null ? null : { id: context.tokenId, role, expiresAt: instant(context.session.expiresAtMs) },
    user: user === undefined ? null : userView(user),
    site: siteView(site),
    plan: { requestsPerMinute: plan, burst: bucketCapacity(plan) },
  };
}
