import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type DecidedGroup, decideHoldGroup } from "./decide-hold-group.ts";
import type { GroupInRequest } from "./hold-group-in-request.ts";
import type { ReleaseHoldRequest } from "./schemas.ts";

/** Releases every hold of a group, and has none of it placed any more. */
export async function releaseHoldGroup(
  context: OperationContext,
  group: GroupInRequest,
  { reason }: ReleaseHoldRequest,
): Promise<DecidedGroup> {
  requirePermission(context, "entries:prepare");
  return decideHoldGroup(context, group, "release", reason ?? null);
}
