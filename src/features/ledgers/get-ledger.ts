import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { ledgerInContext } from "./ledger-in-context.ts";
import type { Ledger } from "./schemas.ts";
import { requireLedgerRow } from "./store.ts";
import { ledgerView } from "./views.ts";

/** The ledger with its name and description as they are now. */
export async function getLedger(context: OperationContext, ledgerId: string, entityId?: string): Promise<Ledger> {
  requirePermission(context, "read");
  const ledger = await ledgerInContext(context, { ledgerId, entityId }, "path");
  return ledgerView(await requireLedgerRow(context.db, ledger.id));
}
