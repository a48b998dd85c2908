import type { z } from "@hono/zod-openapi";
import { issueToken } from "../../access/issue-token.ts";
import { forgetLeasesOf } from "../../access/leases.ts";
import { requireEpoch } from "../../db/site-rows.ts";
import { findToken, insertToken, markExpiry } from "../../db/tokens.ts";
import { madeId, type Once } from "../../operation/commit-once.ts";
import { commitSecretOnce, ownClaim } from "../../operation/commit-secret-once.ts";
import { type OperationContext, requireEnd, requirePermission } from "../../operation/context.ts";
import { objectOf } from "../../platform/objects.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { siteNow } from "../sites/index.ts";
import { requireReach } from "./create-token.ts";
import { checkAgainstUser, userInReach } from "./principal.ts";
import type { IssuedToken, RotateTokenRequest } from "./schemas.ts";
import { tokenView } from "./views.ts";

const overlapDefaultSeconds = 86_400;

/** Gives the key's principal a new key; the old one works for the overlap and then expires. */
export async function rotateToken(
  context: OperationContext,
  id: string,
  request: z.infer<typeof RotateTokenRequest>,
): Promise<Once<z.infer<typeof IssuedToken>>> {
  requirePermission(context, "tokens:write");
  const old = await findToken(context.directory, context.site.id, id);
  if (!old) throw notFound();
  requireReach(context, old.role, old.entityIds);
  const user = await userInReach(context, old);
  const once = await commitSecretOnce(context.directory, ownClaim(context), context.clock, async () => {
    const now = context.clock();
    if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= now))
      throw refusal("IN_USE", "A key that has ended is not rotated; make a new one.");
    requireEnd(context, old.expiresAt);
    const endsAtMs = now + (request.overlapSeconds ?? overlapDefaultSeconds) * 1000;
    const { name, kind, role, principalId, entityIds, expiresAt } = old;
    const plan = await objectOf(context.env.ACCESS, context.site, id).plan();
    const site = await siteNow(context);
    const { key, row } = await issueToken(
      context.env,
      site,
      { id: context.newId(), name, kind, role, principalId, entityIds, expiresAtMs: expiresAt, ...(plan === null ? {} : { plan }) },
      now,
    );
    return {
      statements: [requireEpoch(context.directory, site), insertToken(context.directory, row), markExpiry(context.directory, id, endsAtMs)],
      value: { ...tokenView(row, now), key },
    };
  });
  // After the rows, so that nobody is left without a key; from the row, so that a repeated request completes what was interrupted in between.
  const endsAtMs = (await findToken(context.directory, context.site.id, id))?.expiresAt;
  if (endsAtMs) await objectOf(context.env.ACCESS, context.site, id).expireAt(endsAtMs);
  forgetLeasesOf(id);
  if (user) await checkAgainstUser(context, user.id, madeId(once));
  return once;
}
