import { type Actor, type PrincipalKind, reaches } from "../../kernel/role.ts";

/** Who acts, whatever key they use: a person by their user, a service by its name. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly id: string;
}

/** Whose entries wait for somebody else: nobody's, a preparer's, or everyone's. A fact of the ledger. */
export const approvalPolicies = ["none", "required", "four_eyes"] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

export type DraftStatus = "draft" | "pending_approval" | "voided" | "posted";

/** Whether what the actor posts waits for an approval. An agent's always does: it waits for a person. */
export function mustWait(policy: ApprovalPolicy, actor: Actor): boolean {
  if (actor.kind === "agent" || policy === "four_eyes") return true;
  return policy === "required" && !reaches(actor.role, "APPROVER");
}

export function samePrincipal(a: Principal, b: Principal): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** The preparers after `actor` wrote a version. */
export function withPreparer(preparers: readonly Principal[], { kind, id }: Principal): readonly Principal[] {
  return preparers.some((one) => one.kind === kind && one.id === id) ? preparers : [...preparers, { kind, id }];
}
