import { type OperationContext, requirePermission } from "../../../operation/context.ts";
import type { LedgerAnswer } from "../../../operation/ledger-write.ts";
import { type DraftInRequest, onDraft } from "./draft-in-request.ts";

/** Posts a draft, where the ledger's policy lets the caller post at all. */
export async function postDraft(context: OperationContext, draft: DraftInRequest): Promise<LedgerAnswer> {
  requirePermission(context, "entries:post");
  return onDraft(context, draft, { kind: "post_draft" });
}
