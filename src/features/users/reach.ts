import { type Role, reaches } from "../../kernel/role.ts";
import { isSandboxKey, type OperationContext, requirePermission, requireWholeSite } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";

/**
 * What is required to change a firm's users. Beside the role: they reach all entities and all sites of the firm, so a key that is restricted to entities
 * or to a sandbox would give more than it has.
 */
export function requireUsersInReach(context: OperationContext): void {
  requirePermission(context, "users:write");
  requireWholeSite(context);
  if (isSandboxKey(context)) throw refusal("LIVE_KEY_REQUIRED", "The key is a sandbox's, and users reach the firm's live sites.");
}

/** Refuses, as `FORBIDDEN`, to touch a user of this role, or to give it: an ADMIN does nothing to an OWNER. */
export function requireRoleInReach(context: OperationContext, role: Role): void {
  if (!reaches(context.actor.role, role))
    throw refusal("FORBIDDEN", `A user of the role ${role} is out of the reach of the role ${context.actor.role}.`);
}

/**
 * Of which site a key sees the users: a sandbox's those who have a key or a session there; undefined for all of the firm. One that is restricted to entities sees
 * none, as it reaches none.
 */
export function siteOfUsersSeen(context: OperationContext): string | undefined {
  requirePermission(context, "users:write");
  requireWholeSite(context);
  return isSandboxKey(context) ? context.site.id : undefined;
}
