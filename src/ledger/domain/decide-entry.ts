import type { Failure } from "../../kernel/failures.ts";
import { isLineAmount } from "../../kernel/money.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import { type Actor, reaches } from "../../kernel/role.ts";
import type { Writable } from "../../kernel/writable.ts";
import type { AccountTerms } from "./account.ts";
import { agentBarred } from "./agent-table.ts";
import { mustWait } from "./approval.ts";
import type { LineRequest, PostEntry, ReverseEntry } from "./command.ts";
import { mayNotReverse, voidDraft, waitingEntry } from "./decide-draft.ts";
import { type Decision, missing, refusalAt } from "./decision.ts";
import { reversedContent } from "./entry-fields.ts";
import { entryFact, type FactLine, factLine } from "./fact.ts";
import { notToBeReversed } from "./final-states.ts";
import { externalIdTaken, namedByExternalId, namedBySource, sameContent, sourceTaken } from "./names.ts";
import { accountNotFound, checkBalanced, closedAccount, type EntryToBe, postChecked } from "./post.ts";
import { draftById, entryById } from "./recorded-entry.ts";
import type { LedgerState } from "./state.ts";

/** Posts an entry, or has it wait for an approval. The repeat of an external id or source with the same content answers what exists. */
export function decidePost(state: LedgerState, command: PostEntry, actor: Actor): Result<Decision, Failure> {
  assertWellFormed(command);
  const requested = command.lines;
  const lines: Writable<FactLine>[] = [];
  const accounts: AccountTerms[] = [];
  let conditional = false;
  for (let i = 0; i < requested.length; i++) {
    const line = requested[i] as LineRequest;
    const no = state.accountNumber(line.account);
    const account = no === undefined ? undefined : state.account(no);
    if (account === undefined || account.status === "deleted") return refuse(accountNotFound(i, line.account));
    if (line.conditions !== undefined) conditional = true;
    accounts.push(account);
    lines.push(factLine(account.no, line.side === "debit" ? line.amount : -line.amount, line));
  }
  const known = command.externalId === undefined ? undefined : namedByExternalId(state, command.externalId);
  const sourced = command.source === undefined ? undefined : namedBySource(state, command.source);
  const earlier = known ?? sourced;
  if (
    earlier !== undefined &&
    (known === undefined || sourced === undefined || known.sequence === sourced.sequence) &&
    earlier.kind !== "hold" &&
    sameContent(earlier.content, command, lines)
  ) {
    return ok({ facts: [], existing: earlier.sequence });
  }
  if (command.replaces !== undefined && entryById(state, command.replaces) === undefined) {
    return refuse(refusalAt("REFERENCE_NOT_FOUND", "The ledger has no entry with the id in replaces.", "/replaces"));
  }
  const closed = closedAccount(accounts);
  if (closed) return refuse(closed);
  const unbalanced = checkBalanced(lines);
  if (unbalanced) return refuse(unbalanced);
  if (known !== undefined && command.externalId !== undefined) return refuse(externalIdTaken(command.externalId, known));
  if (sourced !== undefined) return refuse(sourceTaken(sourced));
  const entry: EntryToBe = {
    accounts,
    conditions: conditional ? requested.map((line) => line.conditions) : undefined,
    fact: entryFact(command, lines),
  };
  return mustWait(state.policy, actor) ? waitingEntry(entry, actor) : postChecked(state, actor, entry);
}

/**
 * Reverses an entry by its lines the other way round: at most once, and never a reversal.
 * What is still a draft has nothing to reverse, and is voided as it is.
 */
export function decideReverse(state: LedgerState, command: ReverseEntry, actor: Actor): Result<Decision, Failure> {
  const draft = draftById(state, command.entryId);
  if (draft !== undefined && draft.entry === null) return voidDraft(draft, command, actor);
  const original = entryById(state, command.entryId);
  if (original === undefined) return refuse(missing);
  const barred = agentBarred(actor, command.kind) ?? (reaches(actor.role, "APPROVER") ? undefined : mayNotReverse(actor));
  if (barred) return refuse(barred);
  const lines: Writable<FactLine>[] = [];
  const accounts: AccountTerms[] = [];
  for (const line of original.fact.lines) {
    const account = state.account(line.account);
    if (account === undefined) throw new Error(`assertion failed: a posted line names account ${line.account}, which the ledger has`);
    accounts.push(account);
    lines.push({ ...line, amount: -line.amount, balanceAfter: 0, version: 0 });
  }
  const closed = closedAccount(accounts) ?? notToBeReversed(state, original);
  if (closed) return refuse(closed);
  const entry: EntryToBe = {
    accounts,
    conditions: undefined,
    fact: {
      ...entryFact(reversedContent(original.fact), lines),
      date: command.date ?? original.fact.date,
      module: command.module ?? original.fact.module,
      reversalOf: original.sequence,
      void: command.void,
      reason: command.reason,
    },
  };
  return mustWait(state.policy, actor) ? waitingEntry(entry, actor) : postChecked(state, actor, entry);
}

/** Asserts what the edge has checked, where a mistake of ours would cost money. */
function assertWellFormed(command: PostEntry): void {
  for (let i = 0; i < command.lines.length; i++)
    if (!isLineAmount(command.lines[i]?.amount)) throw new Error("assertion failed: an amount is an integer from 1 to 2^53 - 1");
  if (command.lines.length < 2) throw new Error("assertion failed: an entry has two lines or more");
}
