import type { z } from "@hono/zod-openapi";
import { issueToken } from "../../access/issue-token.ts";
import { forgetLeasesOf } from "../../access/leases.ts";
import { requireEpoch } from "../../db/site-rows.ts";
import { endForSuccessor, findToken, insertToken, isEndedMeanwhile } from "../../db/tokens.ts";
import { madeId, type Once } from "../../operation/commit-once.ts";
import { commitSecretOnce, ownClaim, type SecretWork } from "../../operation/commit-secret-once.ts";
import { type OperationContext, requireEnd, requirePermission } from "../../operation/context.ts";
import { objectOf } from "../../platform/objects.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { siteNow } from "../sites/index.ts";
import { isOwnerInSession } from "./change-token.ts";
import { requireOwnSession, requireReach } from "./create-token.ts";
import { checkAgainstUser } from "./principal.ts";
import type { IssuedToken, RotateTokenRequest } from "./schemas.ts";
import { tokenView } from "./views.ts";

const overlapDefaultSeconds = 86_400;

/**
 * Gives the key's principal a new key, once; the old one works for the overlap and then expires. Who rotates it is shown the new secret, so that they stand
 * behind it with those who did before. It stays independent only where an OWNER, who could say so, rotates it in a session.
 */
export async function rotateToken(
  context: OperationContext,
  id: string,
  request: z.infer<typeof RotateTokenRequest>,
): Promise<Once<z.infer<typeof IssuedToken>>> {
  const { directory, actor, env } = context;
  const old = await findToken(directory, context.site.id, id);
  if (old?.kind === "person") requireOwnSession(context, old.principalId);
  else requirePermission(context, "tokens:write");
  if (!old) throw notFound();
  requireReach(context, old.role, old.entityIds);
  const once = await commit(context, async () => {
    const now = context.clock();
    if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= now) || old.successorId !== null) throw notToBeRotated();
    requireEnd(context, old.expiresAt);
    const endsAtMs = now + (request.overlapSeconds ?? overlapDefaultSeconds) * 1000;
    const { name, kind, role, principalId, entityIds, expiresAt } = old;
    const [plan, setBefore] = await Promise.all([
      objectOf(env.ACCESS, context.site, id).plan(),
      objectOf(env.ACCESS, context.site, id).credentialSetBy(),
    ]);
    const site = await siteNow(context);
    const successorId = context.newId();
    const staysIndependent = old.independentSetBy !== null && isOwnerInSession(context);
    const { key, row } = await issueToken(
      env,
      site,
      {
        id: successorId,
        name,
        kind,
        role,
        principalId,
        entityIds,
        expiresAtMs: expiresAt,
        heldBy: [...new Set([...(old.heldBy ?? []), ...(actor.humans ?? [])])],
        credentialSetBy: [...new Set([...setBefore, ...(actor.credentialSetBy ?? [])])],
        madeInSession: kind === "person",
        independentSetBy: staysIndependent ? actor.id : null,
        ...(plan === null ? {} : { plan }),
      },
      now,
    );
    if (staysIndependent) context.log.info("token_independence", { tokenId: successorId, independent: true, setBy: actor.id });
    return {
      statements: [requireEpoch(directory, site), insertToken(directory, row), endForSuccessor(directory, old, { successorId, endsAtMs })],
      value: { ...tokenView(row, now), key },
    };
  });
  // After the rows, so that nobody is left without a key; from the row, so that a repeated request completes what was interrupted in between.
  const endsAtMs = (await findToken(directory, context.site.id, id))?.expiresAt;
  if (endsAtMs) await objectOf(env.ACCESS, context.site, id).expireAt(endsAtMs);
  forgetLeasesOf(id);
  if (old.kind === "person") await checkAgainstUser(context, old.principalId, madeId(once));
  return once;
}

/** Does the work once per key; of several keys only the first that lists its successor does. */
async function commit<V>(context: OperationContext, work: () => Promise<SecretWork<V>>): Promise<Once<V>> {
  try {
    return await commitSecretOnce(context.directory, ownClaim(context), context.clock, work);
  } catch (error) {
    if (isEndedMeanwhile(error)) throw notToBeRotated();
    throw error;
  }
}

function notToBeRotated() {
  return refusal("IN_USE", "A key that has ended, or was rotated before, is not rotated; rotate its successor, or make a new one.");
}
