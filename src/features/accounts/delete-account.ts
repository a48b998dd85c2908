import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import { projectOutcome } from "./open-accounts.ts";
import { hasChildren } from "./store.ts";

/** Deletes an account that nothing was ever posted to and that stands above no other; else it is archived with PATCH. */
export async function deleteAccount(context: OperationContext, accountId: string, entityId?: string): Promise<void> {
  requirePermission(context, "catalogue:write");
  const ledger = await ledgerOfId(context, accountId, entityId);
  if (await hasChildren(context.db, ledger.id, accountId))
    throw refusal("IN_USE", "The account has accounts below it; move or delete them first.");
  const outcome = await context.ledger(ledger.number).write([{ kind: "delete_account", accountId }], {
    mode: "atomic",
    answer: "one",
    actor: context.actor,
    requestId: context.requestId,
  });
  if (outcome.outcome === "refused") throw new Refused(outcome.failure);
  await projectOutcome(context, outcome);
}
