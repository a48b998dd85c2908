import { type OperationContext, requirePermission } from "../../../operation/context.ts";
import type { LedgerAnswer } from "../../../operation/ledger-write.ts";
import { type DraftInRequest, onDraft } from "./draft-in-request.ts";

/** Submits a draft for its approval. */
export async function submitDraft(context: OperationContext, draft: DraftInRequest): Promise<LedgerAnswer> {
  requirePermission(context, "entries:prepare");
  return onDraft(context, draft, { kind: "submit_draft" });
}
