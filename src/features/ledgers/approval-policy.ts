import type { ApprovalPolicy } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { writeOne } from "../../operation/ledger-write.ts";
import { listLedgersOfEntity } from "./ledger-in-context.ts";

/** Gives a ledger the policy, where it has another one. A new ledger's is `none`. */
export async function applyPolicy(context: OperationContext, ledgerNumber: number, policy: ApprovalPolicy): Promise<void> {
  if ((await policyOf(context, ledgerNumber)) === policy) return;
  // Not under the request's key, which is of the entity and not of its ledgers.
  await writeOne(context.withClaim(undefined), { number: ledgerNumber }, { kind: "set_approval_policy", policy });
}

/** The policy of a ledger. */
export async function policyOf(context: OperationContext, ledgerNumber: number): Promise<ApprovalPolicy> {
  const { policy } = await context.ledger(ledgerNumber).read<{ policy: ApprovalPolicy }>({ kind: "approval_policy" });
  return policy;
}

/** Gives each of the entity's ledgers the policy. */
export async function setApprovalPolicy(context: OperationContext, entityId: string, policy: ApprovalPolicy): Promise<void> {
  for (const { number } of await listLedgersOfEntity(context, entityId)) await applyPolicy(context, number, policy);
}
