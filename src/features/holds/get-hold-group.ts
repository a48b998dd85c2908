import type { OperationContext } from "../../operation/context.ts";
import { type GroupInRequest, groupInRequest } from "./hold-group-in-request.ts";
import { type HoldGroupView, viewHoldGroup } from "./hold-group-view.ts";

/** A group of holds, and what has become of it. */
export async function getHoldGroup(context: OperationContext, named: GroupInRequest): Promise<HoldGroupView> {
  return viewHoldGroup(context, await groupInRequest(context, named));
}
