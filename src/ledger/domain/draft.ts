import type { Actor, PrincipalKind } from "../../kernel/role.ts";
import { reaches } from "../../kernel/role.ts";
import type { LineConditions } from "./command.ts";
import type { EntryPosted, FactLine } from "./fact.ts";

/** Whose entries wait for somebody else: nobody's, a preparer's, or everyone's. A fact of the ledger. */
export const approvalPolicies = ["none", "required", "four_eyes"] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

/** Versions of a draft, each a fact of its own. */
export const draftVersionsMax = 100;

/** Who acts, whatever key they use: a person by their user, a service by its name. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly id: string;
}

export interface DraftLine extends Omit<FactLine, "balanceAfter" | "version"> {
  /** Checked when the draft is posted. */
  readonly conditions: LineConditions | null;
}

/** The entry that a draft will be once it is posted. It may be unbalanced until it is submitted. */
export interface DraftContent extends Omit<EntryPosted, "kind" | "flagged" | "draftId" | "lines"> {
  readonly lines: readonly DraftLine[];
}

export type DraftStatus = "draft" | "pending_approval" | "voided" | "posted";

/** A draft as it stands. Numbered by the sequence of the fact that created it. */
export interface Draft {
  readonly no: number;
  readonly id: string;
  readonly status: DraftStatus;
  /** Counts its facts, from 1: an approval names the version that it saw. */
  readonly version: number;
  /** Everyone who wrote a version of the content. */
  readonly preparers: readonly Principal[];
  readonly content: DraftContent;
  /** The sequence of the fact that has the content. */
  readonly contentSequence: number;
  /** The sequence of the fact of this version. */
  readonly savedSequence: number;
  /** Why it was rejected or voided. */
  readonly reason: string | null;
  /** The sequence of the entry that it became. */
  readonly entry: number | null;
}

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

/** What may be done with an entry in a state, for the refusal to say. */
export const allowedFrom: Readonly<Record<DraftStatus, readonly string[]>> = {
  draft: ["edit", "submit", "post", "void"],
  pending_approval: ["approve", "reject"],
  posted: ["reverse", "void"],
  voided: [],
};
