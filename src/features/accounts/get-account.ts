import type { AccountView } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";

/** The account as its ledger has it. */
export async function getAccount(context: OperationContext, accountId: string, entityId?: string): Promise<AccountView> {
  requirePermission(context, "read");
  const ledger = await ledgerOfId(context, accountId, entityId);
  return context.ledger(ledger.number).read<AccountView>({ kind: "account", accountId });
}
