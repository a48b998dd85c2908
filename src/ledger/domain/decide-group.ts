import type { Failure } from "../../kernel/failures.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import type { Actor } from "../../kernel/role.ts";
import type { EndGroup, GroupOutcome } from "./command.ts";
import { accountOf } from "./decide-hold.ts";
import { type Decision, refusalAt } from "./decision.ts";
import { entryFact, factLine, type GroupEnded } from "./fact.ts";
import type { Hold } from "./hold.ts";
import { Overlay } from "./overlay.ts";
import { postChecked } from "./post.ts";
import type { StateOfWrite } from "./state.ts";

/**
 * Ends a group in this ledger: the holds that the decision names are settled in full, any other open one is released, and none is placed from here on.
 * Decided once; the same decision again finds its fact. What could refuse the settlement was checked when the holds were placed.
 */
export function decideEndGroup(state: StateOfWrite, command: EndGroup, actor: Actor): Result<Decision, Failure> {
  const { groupId, outcome, holdIds, reason } = command;
  const end = state.groupEnd(groupId);
  if (end !== undefined) return end.outcome === outcome ? ok({ facts: [], existing: end.sequence }) : refuse(endedOtherwise(end.outcome));
  const ended: GroupEnded = { kind: "group_ended", groupId, outcome };
  // Each settlement continues on the figures that the one before it leaves.
  const after = new Overlay(state, state.atMs);
  const settled = new Set(outcome === "settle" ? holdIds : []);
  for (const hold of state.openHoldsOf(groupId)) {
    if (!settled.has(hold.id)) {
      after.take([{ kind: "hold_released", hold: hold.no, reason: reason ?? null }]);
      continue;
    }
    const entry = {
      accounts: hold.fact.lines.map(({ account }) => accountOf(after, account)),
      conditions: undefined,
      fact: wholeEntry(hold),
    };
    const posted = postChecked(after, actor, entry, hold);
    if (!posted.ok) return posted;
    after.take(posted.value.facts);
  }
  return ok({ facts: [ended, ...after.facts], existing: undefined });
}

/** The entry that settles all of a hold on its own date. */
function wholeEntry({ no, fact }: Hold) {
  const lines = fact.lines.map((line) => factLine(line.account, line.amount, line));
  return { ...entryFact(fact, lines), hold: no };
}

function endedOtherwise(decision: GroupOutcome): Failure {
  return refusalAt("HOLD_STATE", `The group has been decided: ${decision}.`, "", { decision });
}
