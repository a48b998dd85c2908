import { type Failure, failure } from "../../kernel/failures.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import type { Actor } from "../../kernel/role.ts";
import type { Writable } from "../../kernel/writable.ts";
import { type AccountFigures, type AccountTerms, addPending, copyFigures, pendingIn, pendingOut } from "./account.ts";
import { agentRefused } from "./agent-table.ts";
import { isPersonPresent, mustWait, preparerOf } from "./approval.ts";
import type { PlaceHold, ReleaseHold, SettleHold } from "./command.ts";
import { waitingEntry } from "./decide-draft.ts";
import { type Decision, made, missing, refusalAt } from "./decision.ts";
import { holdContent, holdTerms, sameHoldTerms } from "./entry-fields.ts";
import { entryFact, type FactLine, factLine, type HoldLine, type HoldPlaced } from "./fact.ts";
import { notToBeSettled } from "./final-states.ts";
import { anothersHalf, groupEnded, unknownToGroup } from "./group.ts";
import type { Hold } from "./hold.ts";
import { externalIdTaken, namedByExternalId, namedBySource, sameContent, sourceTaken } from "./names.ts";
import {
  beyondRange,
  brokenLimit,
  checkBalanced,
  checkPeriod,
  closedAccount,
  type EntryToBe,
  failedCondition,
  namedLines,
  type Outcome,
  postChecked,
  staleVersion,
  turnoverSpent,
} from "./post.ts";
import { holdById } from "./recorded-entry.ts";
import type { LedgerState, StateOfWrite } from "./state.ts";

/**
 * Places a hold: checked as an entry is, because settling it must not break what an entry may not.
 * One of a group is settled whatever comes, so that its date must be open and its placer somebody whose entries need not wait.
 */
export function decidePlaceHold(state: StateOfWrite, command: PlaceHold, actor: Actor): Result<Decision, Failure> {
  if (command.groupId !== undefined && command.expiresAtMs !== undefined)
    throw new Error("assertion failed: a hold of a group has no end of its own");
  const terms = holdTerms(command);
  const named = namedLines(state, command.lines);
  if (!named.ok) return named;
  const { accounts } = named.value;
  const lines: Writable<HoldLine>[] = named.value.lines.map((line) => ({ ...line, availableAfter: 0, version: 0 }));
  const known = command.externalId === undefined ? undefined : namedByExternalId(state, command.externalId);
  const sourced = command.source === undefined ? undefined : namedBySource(state, command.source);
  const earlier = known ?? sourced;
  if (earlier?.kind === "hold" && (known === undefined || sourced === undefined || known.sequence === sourced.sequence)) {
    // A hold is named with its fact.
    const placed = earlier.content as HoldPlaced;
    if (sameHoldTerms(placed, terms) && sameContent(placed, command, lines)) return ok({ facts: [], existing: earlier.sequence });
  }
  // Not at the edge: a request that comes again is answered what it was answered, though its hold has ended meanwhile.
  if (command.expiresAtMs !== undefined && command.expiresAtMs <= state.atMs)
    return refuse(refusalAt("VALIDATION_ERROR", "The hold would end before it begins.", "/expiresAt"));
  const closed = closedAccount(accounts);
  if (closed) return refuse(closed);
  const ended = command.groupId === undefined ? undefined : groupEnded(state, command.groupId);
  if (ended) return refuse(ended);
  if (command.groupId !== undefined && mustWait(state.policy, actor)) {
    return refuse(
      failure(
        "APPROVAL_REQUIRED",
        "A hold of a group is settled without further approval, so that it is placed by somebody whose entries need none.",
      ),
    );
  }
  const unbalanced = checkBalanced(lines);
  if (unbalanced) return refuse(unbalanced);
  if (known !== undefined && command.externalId !== undefined) return refuse(externalIdTaken(command.externalId, known));
  if (sourced !== undefined) return refuse(sourceTaken(sourced));
  const lock = checkPeriod(state, command.date, command.module ?? "journal", actor);
  if (!lock.ok) return lock;
  const conditions = command.lines.some((line) => line.conditions !== undefined) ? command.lines.map((line) => line.conditions) : undefined;
  if (conditions !== undefined) {
    const stale = staleVersion((no) => state.figures(no), accounts, conditions);
    if (stale) return refuse(stale);
  }
  const after = new Map<number, AccountFigures>();
  let overflow: Failure | undefined;
  lines.forEach((line, i) => {
    const account = accounts[i] as AccountTerms;
    const figures = after.get(line.account) ?? copyFigures(state.figures(line.account));
    after.set(line.account, figures);
    addPending(figures, line.amount, 1);
    line.availableAfter = figures.balance - pendingOut(account.type, figures);
    line.version = figures.version;
    // A balance far on the other side leaves room for more than a number can represent exactly.
    const isExact =
      Number.isSafeInteger(figures.pendingDebits) &&
      Number.isSafeInteger(figures.pendingCredits) &&
      Number.isSafeInteger(line.availableAfter) &&
      Number.isSafeInteger(figures.balance + pendingIn(account.type, figures));
    overflow ??= isExact ? turnoverSpent(account, figures, line.amount, i) : beyondRange(account, figures, i);
  });
  const outcomes = outcomesOf(accounts, after);
  const failed = failedCondition(accounts, conditions, outcomes) ?? brokenLimit(accounts, outcomes) ?? overflow;
  if (failed) return refuse(failed);
  return made({
    kind: "hold_placed",
    ...holdContent(command),
    ...terms,
    placedBy: preparerOf(actor),
    lines,
  });
}

function outcomesOf(accounts: readonly AccountTerms[], after: ReadonlyMap<number, AccountFigures>): ReadonlyMap<number, Outcome> {
  const outcomes = new Map<number, Outcome>();
  for (const { no, type } of accounts) {
    const figures = after.get(no);
    if (figures === undefined) continue;
    const { balance } = figures;
    outcomes.set(no, { posted: balance, available: balance - pendingOut(type, figures), expected: balance + pendingIn(type, figures) });
  }
  return outcomes;
}

/** Posts a hold in full or in part, once; or has the settlement wait for an approval, while the hold stays open. */
export function decideSettleHold(state: LedgerState, command: SettleHold, actor: Actor): Result<Decision, Failure> {
  const hold = holdById(state, command.holdId);
  if (hold === undefined) return refuse(missing);
  const unknown = unknownToGroup(hold, command.noted);
  if (unknown) return refuse(unknown);
  const { fact } = hold;
  const isOfGroup = fact.groupId !== null;
  const taken = linesTaken(hold, command);
  const accounts = (taken.ok ? taken.value : fact.lines).map(({ account }) => accountOf(state, account));
  const closed = closedAccount(accounts) ?? notToBeSettled(state, hold);
  if (closed) return refuse(closed);
  if (isOfGroup && actor.kind === "agent")
    return refuse(
      failure("APPROVAL_REQUIRED", "A hold of a group is settled without further approval, and what an agent posts needs one."),
    );
  const anothers = anothersHalf(hold, actor);
  if (anothers) return refuse(anothers);
  if (!taken.ok) return taken;
  if (isOfGroup && command.date !== undefined && command.date !== fact.date)
    return refuse(refusalAt("VALIDATION_ERROR", `A hold of a group is settled on its own date, ${fact.date}.`, "/date"));
  const lines = taken.value;
  const unbalanced =
    lines.length < 2 ? refusalAt("ENTRY_UNBALANCED", "A settlement has two lines or more.", "/lines") : checkBalanced(lines);
  if (unbalanced) return refuse(unbalanced);
  const entry: EntryToBe = {
    accounts,
    conditions: undefined,
    fact: { ...entryFact(fact, lines), date: command.date ?? fact.date, hold: hold.no },
  };
  // What an agent placed waits for a person as what it posts does, whoever settles it.
  const waits = mustWait(state.policy, actor) || (fact.placedBy.kind === "agent" && !isPersonPresent(actor));
  return !isOfGroup && waits ? waitingEntry(entry, actor, fact.placedBy) : postChecked(state, actor, entry, hold);
}

/** The lines of the settlement: what is taken of each line of the hold. */
function linesTaken({ fact }: Hold, { lines: asked }: SettleHold): Result<Writable<FactLine>[], Failure> {
  const taken: Writable<FactLine>[] = [];
  const named = new Set<number>();
  for (const [i, { no, amount }] of (asked ?? fact.lines.map((line, at) => ({ no: at + 1, amount: Math.abs(line.amount) }))).entries()) {
    const line = fact.lines[no - 1];
    if (line === undefined)
      return refuse(refusalAt("SETTLES_MORE_THAN_HELD", `The hold has ${fact.lines.length} lines, and no line ${no}.`, `/lines/${i}/no`));
    if (named.has(no)) return refuse(refusalAt("SETTLES_MORE_THAN_HELD", `Line ${no} of the hold is named twice.`, `/lines/${i}/no`));
    named.add(no);
    const held = Math.abs(line.amount);
    if (amount > held) {
      const message = `Line ${no} of the hold keeps ${held}, less than the ${amount} asked for.`;
      return refuse(refusalAt("SETTLES_MORE_THAN_HELD", message, `/lines/${i}/amount`, { no, held }));
    }
    taken.push(factLine(line.account, line.amount > 0 ? amount : -amount, line));
  }
  return ok(taken);
}

/** Releases a hold: its amounts are available again. */
export function decideReleaseHold(state: LedgerState, command: ReleaseHold, actor: Actor): Result<Decision, Failure> {
  const hold = holdById(state, command.holdId);
  if (hold === undefined) return refuse(missing);
  const unknown = unknownToGroup(hold, command.noted);
  if (unknown) return refuse(unknown);
  const wrong = agentRefused(actor, command.kind, () => [hold.fact.placedBy]) ?? notToBeSettled(state, hold);
  if (wrong) return refuse(wrong);
  const anothers = anothersHalf(hold, actor);
  if (anothers) return refuse(anothers);
  return made({ kind: "hold_released", hold: hold.no, reason: command.reason ?? null });
}

/** An account that a hold names. It exists: one with a hold is not deleted. */
export function accountOf(state: LedgerState, no: number): AccountTerms {
  const account = state.account(no);
  if (account === undefined) throw new Error(`assertion failed: a hold names account ${no}, which the ledger has`);
  return account;
}
