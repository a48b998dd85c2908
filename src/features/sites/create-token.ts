import type { z } from "@hono/zod-openapi";
import { commitSecretOnce } from "../../db/sealed-answers.ts";
import type { KeptAnswer } from "../../db/batch.ts";
import { reaches, type Role } from "../../kernel/role.ts";
import { type OperationContext, requirePermission } from "../../platform/context.ts";
import { refusal } from "../../platform/refused.ts";
import { issueToken } from "./issue-token.ts";
import type { CreateTokenRequest } from "./schemas.ts";
import { insertToken } from "./store.ts";
import { tokenView } from "./views.ts";

/** Makes a key of the site. Nobody gives more than they have, and an agent is never more than a preparer. */
export async function createToken(context: OperationContext, request: z.infer<typeof CreateTokenRequest>): Promise<KeptAnswer> {
  requirePermission(context, "tokens:write");
  requireReach(context, request.role);
  const kind = request.kind ?? "service";
  if (kind === "agent" && reaches(request.role, "APPROVER")) throw invalid("/role", "An agent's token is PREPARER or REVIEWER.");
  const expiresAtMs = request.expiresAt === undefined ? null : Date.parse(request.expiresAt);
  const now = context.clock();
  if (expiresAtMs !== null && !(expiresAtMs > now)) throw invalid("/expiresAt", "The expiry is in the past.");
  const entityIds = request.entityIds ?? context.entityIds;
  if (context.entityIds !== null && entityIds?.some((id) => !context.entityIds?.includes(id))) throw refusal("ENTITY_FORBIDDEN", "The key is restricted to other entities.");
  return commitSecretOnce(context.directory, context.idempotency, context.clock, async () => {
    const id = context.newId();
    const { key, row } = await issueToken(context.env.ACCESS, context.site, { id, name: request.name, kind, role: request.role, principalId: id, entityIds, expiresAtMs }, now);
    return { statements: [insertToken(context.directory, row)], status: 201, body: JSON.stringify({ ...tokenView(row, now), key }) };
  });
}

/** An ADMIN touches nothing of an OWNER's. */
export function requireReach(context: OperationContext, role: Role): void {
  if (!reaches(context.actor.role, role)) throw refusal("FORBIDDEN", `A key of the role ${context.actor.role} does not reach the role ${role}.`);
}

function invalid(pointer: string, message: string) {
  return refusal("VALIDATION_ERROR", message, [{ pointer, code: "invalid", message }]);
}
