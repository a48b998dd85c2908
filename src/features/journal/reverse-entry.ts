import type { WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { writeOf } from "../ledgers/index.ts";
import type { ReverseEntryRequest } from "./schemas.ts";

/** Undoes an entry with a linked reversal on a date of its own: what was reported before that date stays true. */
export async function reverseEntry(
  context: OperationContext,
  entryId: string,
  entityId: string | undefined,
  request: ReverseEntryRequest,
): Promise<WriteOutcome> {
  requirePermission(context, "entries:reverse");
  return writeOf(context, entryId, entityId, { kind: "reverse_entry", entryId, void: false, date: request.date, reason: request.reason });
}
