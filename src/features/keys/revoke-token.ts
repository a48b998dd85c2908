import { endTokens } from "../../access/end-tokens.ts";
import { endUnlessLast, findToken, isSiteOwnerKey } from "../../db/tokens.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { requireReach } from "./create-token.ts";
import { isInSessionOf, userInReach } from "./principal.ts";

/** Ends a key, a person's own too: here at once, everywhere within five seconds. The last OWNER key of the site that does not expire stays: nobody could create another. */
export async function revokeToken(context: OperationContext, id: string): Promise<void> {
  const row = await findToken(context.directory, context.site.id, id);
  const isOwn = row?.kind === "person" && isInSessionOf(context, row.principalId);
  if (!isOwn) requirePermission(context, "tokens:write");
  if (!row) throw notFound();
  requireReach(context, row.role, row.entityIds);
  await userInReach(context, row);
  const now = context.clock();
  if (isSiteOwnerKey(row) && !(await endUnlessLast(context.directory, row, now)))
    throw refusal("IN_USE", "This is the site's last OWNER key without an end. Rotate it, or make another OWNER key first.");
  await endTokens(context, [id]);
}
