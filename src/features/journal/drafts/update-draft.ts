import { type OperationContext, requirePermission } from "../../../operation/context.ts";
import type { LedgerAnswer } from "../../../operation/ledger-write.ts";
import { draftChange } from "../entry-command.ts";
import { type DraftInRequest, onDraft } from "./draft-in-request.ts";
import type { UpdateDraftRequest } from "./schemas.ts";

/** Changes what is given of a draft. */
export async function updateDraft(context: OperationContext, draft: DraftInRequest, request: UpdateDraftRequest): Promise<LedgerAnswer> {
  requirePermission(context, "entries:prepare");
  return onDraft(context, draft, { kind: "edit_draft", change: draftChange(request) });
}
