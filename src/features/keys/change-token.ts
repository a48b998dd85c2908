import type { z } from "@hono/zod-openapi";
import { forgetLeasesOf } from "../../access/leases.ts";
import { findToken, markIndependence, type TokenRow } from "../../db/tokens.ts";
import type { OperationContext } from "../../operation/context.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { objectOf } from "../../platform/objects.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import type { ChangeTokenRequest } from "./schemas.ts";

/**
 * Says whether a key acts by itself, so that under four eyes those who hold it may approve what it prepares. The key's object decides and the list follows it, by
 * the object's revision: repeated, the request completes what was interrupted in between.
 */
export async function changeToken(
  context: OperationContext,
  id: string,
  { independent }: z.infer<typeof ChangeTokenRequest>,
  revisions: Revisions | undefined,
): Promise<TokenRow> {
  const { directory, site, actor, env } = context;
  const row = await findToken(directory, site.id, id);
  if (!row) throw notFound();
  requireOwnerInSession(context);
  if (independent && row.kind === "person") {
    const message = "A person's key is that person's.";
    throw refusal("VALIDATION_ERROR", message, [{ pointer: "/independent", code: "invalid", message }]);
  }
  const seen = revisions === "any" ? undefined : revisions;
  const answered = await objectOf(env.ACCESS, site, id).setIndependence(independent ? actor.id : null, seen);
  if (answered === undefined) throw notFound();
  const { isSet, independence } = answered;
  if (!isSet) requireRevision(revisions, independence.revision);
  forgetLeasesOf(id);
  context.log.info("token_independence", { tokenId: id, independent, setBy: actor.id });
  await markIndependence(directory, id, independence);
  return (await findToken(directory, site.id, id)) ?? row;
}

/** Refuses, as `FORBIDDEN`, who is not an OWNER that acts in a session of their own. */
export function requireOwnerInSession(context: OperationContext): void {
  if (!isOwnerInSession(context))
    throw refusal("FORBIDDEN", "Only an OWNER says that a key is independent of who holds it, in a session of their own: sign in first.");
}

export function isOwnerInSession({ session, actor }: OperationContext): boolean {
  return session !== null && actor.role === "OWNER";
}
