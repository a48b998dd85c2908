import { type OperationContext, requirePermission } from "../../operation/context.ts";
import type { LedgerAnswer } from "../../operation/ledger-write.ts";
import { resolveHold } from "./resolve-hold.ts";
import type { ReleaseHoldRequest } from "./schemas.ts";

/** Releases a hold: its amounts are available again. */
export async function releaseHold(
  context: OperationContext,
  holdId: string,
  entityId: string | undefined,
  { reason }: ReleaseHoldRequest,
): Promise<LedgerAnswer> {
  requirePermission(context, "entries:prepare");
  return resolveHold(context, entityId, { kind: "release_hold", holdId, ...(reason === undefined ? {} : { reason }) });
}
