import type { Permission } from "../../kernel/role.ts";
import { requirePermission } from "../../operation/context.ts";
import type { RequestContext } from "../router.ts";

/** The gate in front of a route. The operation behind it asks again: it has other callers. */
export function requireRole(c: RequestContext, permission: Permission): void {
  requirePermission(c.get("context"), permission);
}
