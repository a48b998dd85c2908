import type { z } from "@hono/zod-openapi";
import { issueToken } from "../../access/issue-token.ts";
import { requireEpoch } from "../../db/site-rows.ts";
import { insertToken } from "../../db/tokens.ts";
import { type Role, reaches } from "../../kernel/role.ts";
import { madeId, type Once } from "../../operation/commit-once.ts";
import { commitSecretOnce, ownClaim } from "../../operation/commit-secret-once.ts";
import { type OperationContext, requireEnd, requirePermission } from "../../operation/context.ts";
import { firstUnknownEntity } from "../../operation/entity.ts";
import { refusal } from "../../platform/refused.ts";
import { siteNow } from "../sites/index.ts";
import { requireOwnerInSession } from "./change-token.ts";
import { checkAgainstUser, isInSessionOf, namedPrincipal } from "./principal.ts";
import type { CreateTokenRequest, IssuedToken } from "./schemas.ts";
import { tokenView } from "./views.ts";

/**
 * Makes a key of the site. Nobody gives more than they have, and an agent is never more than a preparer. A person's key is made by that person alone, in their
 * session: whoever else could make it would be a second person.
 */
export async function createToken(
  context: OperationContext,
  request: z.infer<typeof CreateTokenRequest>,
): Promise<Once<z.infer<typeof IssuedToken>>> {
  const kind = request.kind ?? "service";
  const { userId, independent } = request;
  if (userId !== undefined && kind !== "person") throw invalid("/userId", "Only a key of the kind person is a user's.");
  if (kind === "person") requireOwnSession(context, userId ?? context.actor.id);
  else requirePermission(context, "tokens:write");
  const entityIds = request.entityIds ?? context.entityIds;
  requireReach(context, request.role, entityIds);
  if (kind === "agent" && reaches(request.role, "APPROVER")) throw invalid("/role", "An agent's token is PREPARER or REVIEWER.");
  if (independent) requireIndependence(context, kind);
  const expiresAtMs = request.expiresAt === undefined ? context.expiresAtMs : Date.parse(request.expiresAt);
  const now = context.clock();
  if (expiresAtMs !== null && !(expiresAtMs > now)) throw invalid("/expiresAt", "The expiry is in the past.");
  const once = await commitSecretOnce(context.directory, ownClaim(context), context.clock, async () => {
    requireEnd(context, expiresAtMs);
    await requireEntities(context, request.entityIds ?? []);
    const id = context.newId();
    const principalId = kind === "person" ? context.actor.id : await namedPrincipal(context, kind, request.name);
    const site = await siteNow(context);
    const { key, row } = await issueToken(
      context.env,
      site,
      {
        id,
        name: request.name,
        kind,
        role: request.role,
        principalId,
        entityIds,
        expiresAtMs,
        heldBy: context.actor.humans ?? [],
        credentialSetBy: context.actor.credentialSetBy ?? [],
        madeInSession: kind === "person",
        independentSetBy: independent ? context.actor.id : null,
      },
      now,
    );
    if (independent) context.log.info("token_independent", { tokenId: id, setBy: context.actor.id });
    return {
      statements: [requireEpoch(context.directory, site), insertToken(context.directory, row)],
      value: { ...tokenView(row, now), key },
    };
  });
  if (kind === "person") await checkAgainstUser(context, context.actor.id, madeId(once));
  return once;
}

/** Refuses, as `FORBIDDEN`, who does not ask in the person's own session. */
export function requireOwnSession(context: OperationContext, personId: string): void {
  if (!isInSessionOf(context, personId))
    throw refusal("FORBIDDEN", "A person's key is made and rotated by that person alone, in a session of theirs: sign in first.");
}

function requireIndependence(context: OperationContext, kind: string): void {
  if (kind === "person") throw invalid("/independent", "A person's key is that person's.");
  requireOwnerInSession(context);
}

/** An ADMIN touches nothing of an OWNER's, and a key that is restricted to entities none that reaches beyond them. */
export function requireReach(context: OperationContext, role: Role, entityIds: readonly string[] | null): void {
  if (!reaches(context.actor.role, role))
    throw refusal("FORBIDDEN", `A key of the role ${context.actor.role} does not reach the role ${role}.`);
  const own = context.entityIds;
  if (own !== null && (entityIds === null || entityIds.some((id) => !own.includes(id))))
    throw refusal("ENTITY_FORBIDDEN", "The key is restricted to other entities.");
}

async function requireEntities(context: OperationContext, entityIds: readonly string[]): Promise<void> {
  const at = await firstUnknownEntity(context, entityIds);
  if (at === undefined) return;
  const message = "The site has no such entity.";
  throw refusal("REFERENCE_NOT_FOUND", message, [{ pointer: `/entityIds/${at}`, code: "REFERENCE_NOT_FOUND", message }]);
}

function invalid(pointer: string, message: string) {
  return refusal("VALIDATION_ERROR", message, [{ pointer, code: "invalid", message }]);
}
