import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { refusal } from "../../platform/refused.ts";
import { ledgerInContext } from "./ledger-in-context.ts";
import type { Ledger, UpdateLedgerRequest } from "./schemas.ts";
import { changeLedger, requireLedgerRow } from "./store.ts";
import { ledgerView } from "./views.ts";

/** Changes what describes a ledger; what it is never changes. */
export async function updateLedger(
  context: OperationContext,
  ledgerId: string,
  request: UpdateLedgerRequest,
  seen: { readonly entityId: string | undefined; readonly revisions: Revisions | undefined },
): Promise<Ledger> {
  requirePermission(context, "catalogue:write");
  const ledger = await ledgerInContext(context, { ledgerId, entityId: seen.entityId }, "path");
  const row = await requireLedgerRow(context.db, ledger.id);
  requireRevision(seen.revisions, row.revision);
  const { name = row.name, description = row.description, metadata = row.metadata } = request;
  const changed = await changeLedger(context.db, row, { name, description, metadata, updatedAt: context.clock() });
  if (!changed) throw refusal("PRECONDITION_FAILED", "The ledger was changed by another request in the meantime.");
  return ledgerView(changed);
}
