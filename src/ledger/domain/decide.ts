import type { Failure } from "../../kernel/failures.ts";
import { type Result, refuse } from "../../kernel/result.ts";
import type { Actor } from "../../kernel/role.ts";
import { agentBarred, agentRefused } from "./agent-table.ts";
import { type Principal, principalOf } from "./approval.ts";
import type { Command, SetPostingReference } from "./command.ts";
import { decideChangeAccount, decideDeleteAccount, decideOpenAccount } from "./decide-account.ts";
import { decideApprove, decideCreateDraft, decideEditDraft, decidePostDraft, decideReject, decideSubmitDraft } from "./decide-draft.ts";
import { decidePost, decideReverse } from "./decide-entry.ts";
import { decideEndGroup } from "./decide-group.ts";
import { decidePlaceHold, decideReleaseHold, decideSettleHold } from "./decide-hold.ts";
import { decideLockPeriod } from "./decide-lock.ts";
import { barredBy, decideFreeze, decideRetire, decideThaw } from "./decide-removal.ts";
import { type Decision, made, missing } from "./decision.ts";
import { draftById, entryById } from "./recorded-entry.ts";
import { decideSharedRecord } from "./shared-record.ts";
import type { LedgerState, RecordedEntry, StateOfWrite } from "./state.ts";

/**
 * What a command does to the ledger as it stands. Pure: it changes nothing and reads only `state`.
 * Refusals are checked in the order of the catalogue in docs/architecture.md; two faults at once give the first.
 */
export function decide(state: StateOfWrite, command: Command, actor: Actor): Result<Decision, Failure> {
  const removed = barredBy(state, command);
  if (removed !== undefined) return refuse(removed);
  // What reverses a draft voids it, which an agent may do to its own.
  const barred = command.kind === "reverse_entry" ? undefined : agentBarred(actor, command.kind);
  if (barred) return refuse(barred);
  switch (command.kind) {
    case "post_entry":
      return decidePost(state, command, actor);
    case "reverse_entry":
      return decideReverse(state, command, actor);
    case "open_account":
      return decideOpenAccount(state, command);
    case "change_account":
      return decideChangeAccount(state, command);
    case "delete_account":
      return decideDeleteAccount(state, command);
    case "lock_period":
      return decideLockPeriod(state, command, actor);
    case "set_posting_reference":
      return decidePostingReference(state, command, actor);
    case "set_approval_policy":
      return made({ kind: "approval_policy_set", policy: command.policy });
    case "set_shared_record":
      return decideSharedRecord(state, command);
    case "create_draft":
      return decideCreateDraft(state, command, actor);
    case "edit_draft":
      return decideEditDraft(state, command, actor);
    case "submit_draft":
      return decideSubmitDraft(state, command, actor);
    case "post_draft":
      return decidePostDraft(state, command, actor);
    case "approve_entry":
      return decideApprove(state, command, actor);
    case "reject_entry":
      return decideReject(state, command);
    case "place_hold":
      return decidePlaceHold(state, command, actor);
    case "settle_hold":
      return decideSettleHold(state, command, actor);
    case "release_hold":
      return decideReleaseHold(state, command, actor);
    case "freeze_ledger":
      return decideFreeze(state, command);
    case "thaw_ledger":
      return decideThaw(state, command);
    case "retire_ledger":
      return decideRetire(state, command);
    case "end_group":
      return decideEndGroup(state, command, actor);
  }
}

/** Notes the number of an entry in another system. An agent does so for what it alone prepared, and leaves alone what somebody else has noted. */
function decidePostingReference(state: LedgerState, command: SetPostingReference, actor: Actor): Result<Decision, Failure> {
  const entry = entryById(state, command.entryId);
  if (entry === undefined) return refuse(missing);
  const barred = agentRefused(actor, command.kind, () => behindReference(state, entry));
  if (barred) return refuse(barred);
  const { postingReference } = command;
  return made({ kind: "posting_reference_set", entry: entry.sequence, postingReference, setBy: principalOf(actor) });
}

/** Who has a part in an entry and in its posting reference. What was never a draft was posted by no agent. */
function behindReference(state: LedgerState, entry: RecordedEntry): readonly (Principal | null)[] {
  const { draftId } = entry.fact;
  const draft = draftId === null ? undefined : draftById(state, draftId);
  const notedBy = state.postingReferenceBy(entry.sequence);
  return [...(draft?.preparers ?? [null]), ...(notedBy === undefined ? [] : [notedBy])];
}
