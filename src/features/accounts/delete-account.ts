import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { writeOne } from "../../operation/ledger-write.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import { projectOutcome } from "./open-accounts.ts";

/** Deletes an account that nothing was ever posted to and that stands above no other; else it is archived with PATCH. */
export async function deleteAccount(context: OperationContext, accountId: string, entityId?: string): Promise<void> {
  requirePermission(context, "catalogue:write");
  const ledger = await ledgerOfId(context, accountId, entityId);
  const outcome = await writeOne(context, ledger, { kind: "delete_account", accountId });
  await projectOutcome(context, outcome);
}
