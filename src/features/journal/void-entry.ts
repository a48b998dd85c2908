import { type OperationContext, requirePermission } from "../../operation/context.ts";
import type { LedgerAnswer } from "../../operation/ledger-write.ts";
import { writeById } from "../ledgers/index.ts";
import type { VoidEntryRequest } from "./schemas.ts";

/** Voids an entry as if it had not been: a linked reversal on the entry's own date, or on the given date. A draft is only given up. */
export async function voidEntry(
  context: OperationContext,
  entryId: string,
  entityId: string | undefined,
  request: VoidEntryRequest,
): Promise<LedgerAnswer> {
  requirePermission(context, "entries:prepare");
  return writeById(context, entryId, entityId, {
    kind: "reverse_entry",
    entryId,
    void: true,
    reason: request.reason,
    ...(request.date === undefined ? {} : { date: request.date }),
  });
}
