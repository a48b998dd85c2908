import type { ApprovalPolicy } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { writeOne } from "../../operation/ledger-write.ts";
import { listLedgersOfEntity } from "./ledger-in-context.ts";

/** Has a ledger hold the policy, where it holds another one. A new ledger's is `none`. */
export async function holdPolicy(context: OperationContext, ledgerNumber: number, policy: ApprovalPolicy): Promise<void> {
  if ((await policyOf(context, ledgerNumber)) === policy) return;
  // Not under the request's key, which is of the entity and not of its ledgers.
  await writeOne(context.withClaim(undefined), { number: ledgerNumber }, { kind: "set_approval_policy", policy });
}

/** The policy that a ledger holds. */
export async function policyOf(context: OperationContext, ledgerNumber: number): Promise<ApprovalPolicy> {
  const { policy } = await context.ledger(ledgerNumber).read<{ policy: ApprovalPolicy }>({ kind: "approval_policy" });
  return policy;
}

/** Has each of the entity's ledgers hold the policy. */
export async function setApprovalPolicy(context: OperationContext, entityId: string, policy: ApprovalPolicy): Promise<void> {
  for (const { number } of await listLedgersOfEntity(context, entityId)) await holdPolicy(context, number, policy);
}
