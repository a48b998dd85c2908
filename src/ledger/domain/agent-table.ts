import { type Failure, failure } from "../../kernel/failures.ts";
import type { Actor } from "../../kernel/role.ts";
import { type Principal, samePrincipal } from "./approval.ts";
import type { Command } from "./command.ts";

/** What comes of an agent's command: it is done, it waits for a person's approval, or it is refused. */
export type AgentOutcome = "done" | "waits" | "refused";

/** `own`: the agent is all that stands behind what the command is about. `others`: somebody else has a part in it. */
interface Row {
  readonly own: AgentOutcome;
  readonly others: AgentOutcome;
}

/** A reversal of what is not posted yet only voids the draft, which is another thing to allow. */
export type AgentAction = Command["kind"] | "void_draft";

/**
 * What an agent's key may do to a ledger, whatever its role: an agent prepares, changes and gives up what is its own, and what reaches the books waits for a person.
 * What others mean stays as they left it: their drafts, their holds, the references that they noted.
 */
export const agentTable = {
  post_entry: { own: "waits", others: "waits" },
  create_draft: { own: "done", others: "done" },
  edit_draft: { own: "done", others: "refused" },
  submit_draft: { own: "done", others: "refused" },
  void_draft: { own: "done", others: "refused" },
  // `APPROVAL_REQUIRED`: the draft is to be submitted instead.
  post_draft: { own: "refused", others: "refused" },
  approve_entry: { own: "refused", others: "refused" },
  reject_entry: { own: "refused", others: "refused" },
  reverse_entry: { own: "refused", others: "refused" },
  set_posting_reference: { own: "done", others: "refused" },
  // One of a group is settled without further approval: it is refused as `APPROVAL_REQUIRED`, as its settlement is.
  place_hold: { own: "done", others: "done" },
  settle_hold: { own: "waits", others: "waits" },
  release_hold: { own: "done", others: "refused" },
  // A group is ended without further approval.
  end_group: { own: "refused", others: "refused" },
  open_account: { own: "refused", others: "refused" },
  change_account: { own: "refused", others: "refused" },
  delete_account: { own: "refused", others: "refused" },
  lock_period: { own: "refused", others: "refused" },
  set_approval_policy: { own: "refused", others: "refused" },
  set_shared_record: { own: "refused", others: "refused" },
  freeze_ledger: { own: "refused", others: "refused" },
  thaw_ledger: { own: "refused", others: "refused" },
  retire_ledger: { own: "refused", others: "refused" },
} as const satisfies Record<AgentAction, Row>;

/** Refuses, as `FORBIDDEN`, what an agent does neither to its own things nor to others'. Who is no agent is never refused here. */
export function agentBarred(actor: Actor, action: AgentAction): Failure | undefined {
  const { own, others }: Row = agentTable[action];
  // Posting a draft has a refusal of its own, which says what to do instead.
  if (actor.kind !== "agent" || own !== "refused" || others !== "refused" || action === "post_draft") return undefined;
  return failure("FORBIDDEN", "This is not for an agent's key, whatever its role: it takes a person or a service.");
}

/** Refuses, as `FORBIDDEN`, what an agent may do to its own alone. `behind`: everyone who has a part in what the command is about; null is one who is not known. */
export function agentRefused(actor: Actor, action: AgentAction, behind: () => readonly (Principal | null)[]): Failure | undefined {
  const { others }: Row = agentTable[action];
  if (actor.kind !== "agent" || others !== "refused") return undefined;
  if (behind().every((one) => one !== null && samePrincipal(one, actor))) return undefined;
  return failure("FORBIDDEN", "Somebody else has a part in it, and an agent changes only what is its own.");
}
