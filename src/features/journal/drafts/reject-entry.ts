import { type OperationContext, requirePermission } from "../../../operation/context.ts";
import type { LedgerAnswer } from "../../../operation/ledger-write.ts";
import { type DraftInRequest, onDraft } from "./draft-in-request.ts";

/** Gives what waits for an approval back to those who prepared it, with the reason. */
export async function rejectEntry(context: OperationContext, draft: DraftInRequest, reason: string): Promise<LedgerAnswer> {
  requirePermission(context, "entries:approve");
  return onDraft(context, draft, { kind: "reject_entry", reason });
}
