import { type OperationContext, requirePermission } from "../../operation/context.ts";
import type { LedgerAnswer } from "../../operation/ledger-write.ts";
import { resolveHold } from "./resolve-hold.ts";
import type { SettleHoldRequest } from "./schemas.ts";

/** Posts a hold in full or in part; the rest of it is released. */
export async function settleHold(
  context: OperationContext,
  holdId: string,
  entityId: string | undefined,
  { date, lines }: SettleHoldRequest,
): Promise<LedgerAnswer> {
  requirePermission(context, "entries:post");
  return resolveHold(context, entityId, {
    kind: "settle_hold",
    holdId,
    ...(date === undefined ? {} : { date }),
    ...(lines === undefined ? {} : { lines }),
  });
}
