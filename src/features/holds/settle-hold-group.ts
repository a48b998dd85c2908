import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type DecidedGroup, decideHoldGroup } from "./decide-hold-group.ts";
import type { GroupInRequest } from "./hold-group-in-request.ts";

/** Settles every hold of a group in full, or refuses and settles none. */
export async function settleHoldGroup(context: OperationContext, group: GroupInRequest): Promise<DecidedGroup> {
  requirePermission(context, "entries:post");
  return decideHoldGroup(context, group, "settle", null);
}
