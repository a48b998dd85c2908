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
import { userOf } from "../users/index.ts";
import { checkAgainstUser, namedPrincipal } from "./principal.ts";
import type { CreateTokenRequest, IssuedToken } from "./schemas.ts";
import { tokenView } from "./views.ts";

/** Makes a key of the site. Nobody gives more than they have, an agent is never more than a preparer, and a user's key never more than the user. */
export async function createToken(
  context: OperationContext,
  request: z.infer<typeof CreateTokenRequest>,
): Promise<Once<z.infer<typeof IssuedToken>>> {
  requirePermission(context, "tokens:write");
  const entityIds = request.entityIds ?? context.entityIds;
  requireReach(context, request.role, entityIds);
  const kind = request.kind ?? "service";
  if (kind === "agent" && reaches(request.role, "APPROVER")) throw invalid("/role", "An agent's token is PREPARER or REVIEWER.");
  const expiresAtMs = request.expiresAt === undefined ? context.expiresAtMs : Date.parse(request.expiresAt);
  const now = context.clock();
  if (expiresAtMs !== null && !(expiresAtMs > now)) throw invalid("/expiresAt", "The expiry is in the past.");
  const user = await userOfKey(context, request);
  const once = await commitSecretOnce(context.directory, ownClaim(context), context.clock, async () => {
    requireEnd(context, expiresAtMs);
    await requireEntities(context, request.entityIds ?? []);
    const id = context.newId();
    const principalId = kind === "person" ? (user?.id ?? id) : await namedPrincipal(context, kind, request.name);
    const site = await siteNow(context);
    const { key, row } = await issueToken(
      context.env,
      site,
      { id, name: request.name, kind, role: request.role, principalId, entityIds, expiresAtMs },
      now,
    );
    return {
      statements: [requireEpoch(context.directory, site), insertToken(context.directory, row)],
      value: { ...tokenView(row, now), key },
    };
  });
  if (user) await checkAgainstUser(context, user.id, madeId(once));
  return once;
}

/** The user for whom a person's key acts: whom the request names, or who asks. None, where a person's key that has no user asks for one like it. */
async function userOfKey(context: OperationContext, request: z.infer<typeof CreateTokenRequest>) {
  const { userId, kind, role } = request;
  if (userId !== undefined && kind !== "person") throw invalid("/userId", "Only a key of the kind person is a user's.");
  if (kind !== "person") return undefined;
  if (userId === undefined) return context.actor.kind === "person" ? userOf(context, context.actor.id) : undefined;
  const user = await userOf(context, userId);
  if (user === undefined) {
    const message = "The firm has no such user.";
    throw refusal("REFERENCE_NOT_FOUND", message, [{ pointer: "/userId", code: "REFERENCE_NOT_FOUND", message }]);
  }
  requireReach(context, user.role, context.entityIds);
  if (!reaches(user.role, role)) throw invalid("/role", `The user is ${user.role}; a key of theirs is no more.`);
  return user;
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
