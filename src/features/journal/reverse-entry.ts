import { type OperationContext, requirePermission } from "../../operation/context.ts";
import type { LedgerAnswer } from "../../operation/ledger-write.ts";
import { writeById } from "../ledgers/index.ts";
import type { ReverseEntryRequest } from "./schemas.ts";

/** Undoes an entry with a linked reversal on a date of its own: what was reported before that date stays true. */
export async function reverseEntry(
  context: OperationContext,
  entryId: string,
  entityId: string | undefined,
  request: ReverseEntryRequest,
): Promise<LedgerAnswer> {
  requirePermission(context, "entries:reverse");
  return writeById(context, entryId, entityId, { kind: "reverse_entry", entryId, void: false, date: request.date, reason: request.reason });
}
