import { forgetLeasesOf } from "../../access/leases.ts";
import { type OperationContext, requirePermission } from "../../platform/context.ts";
import { refusal } from "../../platform/refused.ts";
import { requireReach } from "./create-token.ts";
import { findToken, markRevoked } from "./store.ts";

/** Ends a key: here at once, everywhere within five seconds. */
export async function revokeToken(context: OperationContext, id: string): Promise<void> {
  requirePermission(context, "tokens:write");
  const row = await findToken(context.directory, context.site.id, id);
  if (!row) throw refusal("NOT_FOUND", "Nothing with this id exists in the site.");
  requireReach(context, row.role, row.entityIds);
  await context.env.ACCESS.getByName(id).revoke();
  await markRevoked(context.directory, id, context.clock()).run();
  forgetLeasesOf(id);
}
