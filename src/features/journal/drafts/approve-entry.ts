import { type OperationContext, requirePermission } from "../../../operation/context.ts";
import type { LedgerAnswer } from "../../../operation/ledger-write.ts";
import { type DraftInRequest, onDraft } from "./draft-in-request.ts";

/** Posts what waits for an approval, if it is still the version that the approver saw. */
export async function approveEntry(context: OperationContext, draft: DraftInRequest, version: number): Promise<LedgerAnswer> {
  requirePermission(context, "entries:approve");
  // The body names the version; what the caller has seen does not put another in its place.
  return onDraft(context, { ...draft, revisions: undefined }, { kind: "approve_entry", expectedVersion: version });
}
