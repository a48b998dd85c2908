import type { WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../platform/context.ts";
import { type DraftInRequest, onDraft } from "./draft-in-request.ts";

/** Posts what waits for an approval, if it is still the version that the approver saw. */
export async function approveEntry(context: OperationContext, draft: DraftInRequest, version: number): Promise<WriteOutcome> {
  requirePermission(context, "entries:approve");
  return onDraft(context, draft, { kind: "approve_entry", expectedVersion: version });
}
