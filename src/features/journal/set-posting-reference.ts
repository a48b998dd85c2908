import type { WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";

/** Notes the document number under which another system booked the entry. The entry itself stays as it is. */
export async function setPostingReference(
  context: OperationContext,
  entryId: string,
  entityId: string | undefined,
  postingReference: string,
): Promise<WriteOutcome> {
  requirePermission(context, "entries:prepare");
  const ledger = await ledgerOfId(context, entryId, entityId);
  return context.ledger(ledger.number).write([{ kind: "set_posting_reference", entryId, postingReference }], {
    mode: "atomic",
    answer: "one",
    actor: context.actor,
    requestId: context.requestId,
  });
}
