import type { GenerationView } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { ledgerInContext } from "./ledger-in-context.ts";

/** The objects that the ledger has had, the first one first: few, and not in pages. */
export async function listLedgerGenerations(
  context: OperationContext,
  ledgerId: string,
  entityId?: string,
): Promise<{ readonly data: readonly GenerationView[] }> {
  requirePermission(context, "read");
  const ledger = await ledgerInContext(context, { ledgerId, entityId }, "path");
  return { data: await context.ledger(ledger.number).generations() };
}
