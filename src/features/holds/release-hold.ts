import type { WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { writeOf } from "../ledgers/index.ts";
import type { ReleaseHoldRequest } from "./schemas.ts";

/** Lets go of a hold: its amounts are available again. */
export async function releaseHold(
  context: OperationContext,
  holdId: string,
  entityId: string | undefined,
  { reason }: ReleaseHoldRequest,
): Promise<WriteOutcome> {
  requirePermission(context, "entries:prepare");
  return writeOf(context, holdId, entityId, { kind: "release_hold", holdId, ...(reason === undefined ? {} : { reason }) });
}
