import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type LedgerAnswer, writeOne } from "../../operation/ledger-write.ts";
import { ledgerOfId } from "../ledgers/index.ts";

/** Notes the document number under which another system booked the entry. The entry itself stays as it is. */
export async function setPostingReference(
  context: OperationContext,
  entryId: string,
  entityId: string | undefined,
  postingReference: string,
): Promise<LedgerAnswer> {
  requirePermission(context, "entries:prepare");
  const ledger = await ledgerOfId(context, entryId, entityId);
  return writeOne(context, ledger, { kind: "set_posting_reference", entryId, postingReference });
}
