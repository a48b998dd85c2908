import { type Failure, failure } from "../../kernel/failures.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import { type Actor, reaches } from "../../kernel/role.ts";
import type { AccountTerms } from "./account.ts";
import { agentRefused } from "./agent-table.ts";
import { countsAsOne, isPersonPresent, mustWait, type Preparer, principalOf, samePrincipal, withPreparer } from "./approval.ts";
import type {
  ApproveEntry,
  CreateDraft,
  EditDraft,
  EntryRequest,
  LineRequest,
  PostDraft,
  RejectEntry,
  ReverseEntry,
  SubmitDraft,
} from "./command.ts";
import { type Decision, made, missing, refusalAt } from "./decision.ts";
import { allowedFrom, type Draft, draftVersionsMax } from "./draft.ts";
import { draftLineContent } from "./entry-fields.ts";
import { type DraftContent, type DraftLine, type DraftSaved, draftContent, entryFact, factLine } from "./fact.ts";
import { notToBeReversed, notToBeSettled } from "./final-states.ts";
import { externalIdTaken, type Named, namedByExternalId, namedBySource, sameContent, sourceTaken } from "./names.ts";
import { checkBalanced, closedAccount, type EntryToBe, namedLines, postChecked } from "./post.ts";
import { draftById, entryById } from "./recorded-entry.ts";
import { isOpenDraft, type LedgerState } from "./state.ts";

/** The entry as a draft that waits for its approval, in place of the entry. What it is by itself has been checked; what the books say is checked when it is posted. `alsoBy`: who prepared it before. */
export function waitingEntry(entry: EntryToBe, actor: Actor, alsoBy?: Preparer): Result<Decision, Failure> {
  const lines = entry.fact.lines.map((line, i) => ({
    account: line.account,
    amount: line.amount,
    ...draftLineContent({ ...line, conditions: entry.conditions?.[i] }),
  }));
  const content = draftContent(entry.fact, lines);
  return made(firstVersion(content, "pending_approval", actor, alsoBy === undefined ? [] : [alsoBy]));
}

function firstVersion(content: DraftContent, status: DraftSaved["status"], actor: Actor, others: readonly Preparer[] = []): DraftSaved {
  const preparers = withPreparer(others, actor);
  return { kind: "draft_saved", draft: null, version: 1, status, preparers, reason: null, content, writtenBy: principalOf(actor) };
}

/** The next version of a draft, with the content that it has unless another is given. */
function nextVersion(
  draft: Draft,
  change: Pick<DraftSaved, "status"> & Partial<Pick<DraftSaved, "preparers" | "reason" | "content" | "writtenBy">>,
): Result<Decision, Failure> {
  return made({
    kind: "draft_saved",
    draft: draft.no,
    version: draft.version + 1,
    preparers: draft.preparers,
    reason: null,
    content: draft.contentSequence,
    ...change,
  });
}

/** Saves a draft. Refuses accounts that the ledger does not have and names that are taken; it need not balance yet. */
export function decideCreateDraft(state: LedgerState, command: CreateDraft, actor: Actor): Result<Decision, Failure> {
  const written = contentOf(state, command);
  if (!written.ok) return written;
  const content = written.value;
  const known = content.externalId === null ? undefined : namedByExternalId(state, content.externalId);
  if (known !== undefined && known.kind !== "hold" && sameContent(known.content, command, content.lines))
    return ok({ facts: [], existing: known.sequence });
  const taken = nameTaken(state, content, undefined) ?? unknownReplaced(state, content);
  if (taken) return refuse(taken);
  return made(firstVersion(content, "draft", actor));
}

/** Changes a draft that nobody has to approve yet. */
export function decideEditDraft(state: LedgerState, command: EditDraft, actor: Actor): Result<Decision, Failure> {
  const found = draftIn(state, command, "edit", (draft) => agentRefused(actor, command.kind, () => draft.preparers));
  if (!found.ok) return found;
  const draft = found.value;
  const before = draft.content;
  if (before.reversalOf !== null || before.hold !== null)
    return refuse(failure("ENTRY_STATE", "A reversal or a settlement is what its original makes it; void it and ask for another."));
  if (draft.version >= draftVersionsMax) return refuse(tooManyVersions);
  const { lines: asked, ...change } = command.change;
  const lines = asked === undefined ? ok(before.lines) : linesOf(state, asked);
  if (!lines.ok) return lines;
  const content: DraftContent = { ...before, ...change, lines: lines.value };
  const taken = nameTaken(state, content, draft) ?? unknownReplaced(state, content);
  if (taken) return refuse(taken);
  return nextVersion(draft, {
    status: "draft",
    preparers: withPreparer(draft.preparers, actor),
    content,
    writtenBy: principalOf(actor),
  });
}

/** Submits a draft. It is complete from here on: its accounts are open and it balances. */
export function decideSubmitDraft(state: LedgerState, command: SubmitDraft, actor: Actor): Result<Decision, Failure> {
  const found = complete(state, command, "submit", {
    first: (draft) => agentRefused(actor, command.kind, () => draft.preparers),
    early: (draft) => versionMissing(draft, command, actor),
  });
  if (!found.ok) return found;
  if (found.value.draft.version >= draftVersionsMax) return refuse(tooManyVersions);
  return nextVersion(found.value.draft, { status: "pending_approval" });
}

/** Posts a draft, where the policy lets the actor post at all. What an agent had a part in is posted by a person, as it is approved by one. */
export function decidePostDraft(state: LedgerState, command: PostDraft, actor: Actor): Result<Decision, Failure> {
  const found = complete(state, command, "post", {
    first: () => (actor.kind === "agent" ? waitsFirst : undefined),
    early: (draft) => versionMissing(draft, command, actor),
    late: (draft) => mayNotPost(state, draft, actor),
  });
  if (!found.ok) return found;
  const { draft, entry } = found.value;
  return postChecked(state, actor, entry, settledBy(state, draft));
}

const waitsFirst = failure(
  "APPROVAL_REQUIRED",
  "What you post waits for an approval under this ledger's policy; submit the draft instead.",
);

function mayNotPost(state: LedgerState, draft: Draft, actor: Actor): Failure | undefined {
  if (mustWait(state.policy, actor)) return waitsFirst;
  // One that waited and was given back, under a policy that is no longer.
  if (draft.content.reversalOf !== null && !reaches(actor.role, "APPROVER")) return mayNotReverse(actor);
  return personMissing(draft, actor);
}

/** Refuses, as `FORBIDDEN`, who may not reverse what is posted. */
export function mayNotReverse(actor: Actor): Failure {
  return failure("FORBIDDEN", `Taking back a posted entry takes the role APPROVER or above; the key's role is ${actor.role}.`);
}

/** Posts what waits for approval. Refuses, under four_eyes, everyone who prepared it or stands behind who did, and whoever is no person where an agent did. */
export function decideApprove(state: LedgerState, command: ApproveEntry, actor: Actor): Result<Decision, Failure> {
  const found = complete(state, command, "approve", { late: (draft) => mayNotApprove(state, draft, actor) });
  if (!found.ok) return found;
  const { draft, entry } = found.value;
  return postChecked(state, actor, entry, settledBy(state, draft));
}

function mayNotApprove(state: LedgerState, draft: Draft, actor: Actor): Failure | undefined {
  if (!reaches(actor.role, "APPROVER"))
    return failure("FORBIDDEN", `Approving takes the role APPROVER or above; the key's role is ${actor.role}.`);
  if (state.policy === "four_eyes" && draft.preparers.some((preparer) => countsAsOne(preparer, actor))) return selfApproval(draft, actor);
  return personMissing(draft, actor);
}

function selfApproval({ preparers }: Draft, actor: Actor): Failure {
  const isOwn = preparers.some(({ id }) => id === actor.id);
  if (!isOwn && !preparers.some((preparer) => countsAsOne(withoutSetter(preparer), withoutSetter(actor))))
    return failure(
      "SELF_APPROVAL",
      "Under four_eyes whoever set somebody's password counts as one with them, until a second OWNER or ADMIN confirms that user: POST /users/{id}/confirm.",
    );
  const who = isOwn ? "they" : "a key of theirs, or who holds their key,";
  return failure("SELF_APPROVAL", `Under four_eyes nobody approves what ${who} prepared.`);
}

/** The same, as if nobody else had set a password. */
function withoutSetter<A extends Preparer>(who: A): A {
  return { ...who, credentialSetBy: [] };
}

function personMissing(draft: Draft, actor: Actor): Failure | undefined {
  if (isPersonPresent(actor) || !draft.preparers.some(({ kind }) => kind === "agent")) return undefined;
  return failure(
    "PERSON_REQUIRED",
    actor.kind === "person"
      ? "An agent had a part in it, and the person's key in use was not made in their own session; sign in to approve or post it."
      : "An agent had a part in it, and what an agent prepares is approved or posted by a person.",
  );
}

/** Gives what waits for approval back as a draft, with the reason. */
export function decideReject(state: LedgerState, command: RejectEntry): Result<Decision, Failure> {
  const found = draftIn(state, command, "reject");
  if (!found.ok) return found;
  return nextVersion(found.value, { status: "draft", reason: command.reason });
}

/** Voids a draft: it never was in the books, and leaves its names to others. */
export function voidDraft(draft: Draft, command: ReverseEntry, actor: Actor): Result<Decision, Failure> {
  const wrong = agentRefused(actor, "void_draft", () => draft.preparers) ?? stateRefused(draft, command.void ? "void" : "reverse");
  if (wrong) return refuse(wrong);
  return nextVersion(draft, { status: "voided", reason: command.reason });
}

const tooManyVersions = failure("ENTRY_STATE", `The draft has ${draftVersionsMax} versions, which is the most; void it and write another.`);

type OnDraft = NamedVersion & { readonly entryId: string };
type RefusedTo = (draft: Draft) => Failure | undefined;

/** The draft of a command, in the state that the action requires and the version that the caller saw. `early`: what is refused before the state is looked at. */
function draftIn(state: LedgerState, command: OnDraft, action: string, early: RefusedTo = () => undefined): Result<Draft, Failure> {
  const draft = draftById(state, command.entryId);
  if (draft === undefined) {
    // A posted entry that never was a draft is in its last state.
    if (entryById(state, command.entryId) === undefined) return refuse(missing);
    return refuse(stateFailure("posted", action));
  }
  const wrong = early(draft) ?? stateRefused(draft, action) ?? versionRefused(draft, action, command);
  return wrong ? refuse(wrong) : ok(draft);
}

function stateRefused(draft: Draft, action: string): Failure | undefined {
  return allowedFrom[draft.status].includes(action) ? undefined : stateFailure(draft.status, action);
}

function stateFailure(status: Draft["status"], action: string): Failure {
  const allowed = allowedFrom[status];
  const then = allowed.length === 0 ? "nothing more can be done with it" : `from here it can be: ${allowed.join(", ")}`;
  return refusalAt("ENTRY_STATE", `The entry is ${status} and cannot take the action ${action}; ${then}.`, "", { status, allowed });
}

/** What a command says of the version that its caller saw. */
type NamedVersion = Pick<SubmitDraft, "expectedVersion" | "versionIn">;

/** A version that the body names is stale; one of If-Match is a precondition that fails. An approval's is the body's. */
function versionRefused(draft: Draft, action: string, { expectedVersion, versionIn }: NamedVersion): Failure | undefined {
  if (expectedVersion === undefined || expectedVersion === draft.version) return undefined;
  const message = `The draft is at version ${draft.version}, not ${expectedVersion}.`;
  if (action !== "approve" && versionIn !== "body") return failure("PRECONDITION_FAILED", message);
  return refusalAt("VERSION_STALE", message, "/version", { version: draft.version });
}

/**
 * Refuses, as `VERSION_REQUIRED`, who would hand in or post by its id alone what somebody else wrote last: they may have seen what it was before.
 * Giving back and handing in change no word of it, so that they do not count. What is posted or voided is past it.
 */
function versionMissing(draft: Draft, { expectedVersion }: NamedVersion, actor: Actor): Failure | undefined {
  const { writtenBy, version } = draft;
  if (expectedVersion !== undefined || !isOpenDraft(draft)) return undefined;
  if (writtenBy !== null && samePrincipal(writtenBy, actor)) return undefined;
  const message = `Somebody else wrote the last version of the draft, which is ${version}: name the version that you have seen.`;
  return refusalAt("VERSION_REQUIRED", message, "/version", { version });
}

/** The draft of a command with the entry that it will be, in the order in which refusals are checked; `refused` has those of one action, each in its place. */
function complete(
  state: LedgerState,
  command: OnDraft,
  action: string,
  refused: { readonly first?: RefusedTo; readonly early?: RefusedTo; readonly late?: RefusedTo },
): Result<{ readonly draft: Draft; readonly entry: EntryToBe }, Failure> {
  let accounts: AccountTerms[] = [];
  const found = draftIn(state, command, action, (draft) => {
    accounts = draft.content.lines.map((line) => accountOf(state, line.account));
    return refused.first?.(draft) ?? closedAccount(accounts) ?? refused.early?.(draft);
  });
  if (!found.ok) return found;
  const draft = found.value;
  const { content } = draft;
  const entry = entryOf(draft, accounts);
  const wrong =
    originalRefused(state, content) ??
    refused.late?.(draft) ??
    (content.lines.length < 2
      ? refusalAt("ENTRY_UNBALANCED", "An entry has two lines or more.", "/lines")
      : checkBalanced(content.lines)) ??
    (content.hold === null ? nameTaken(state, content, draft) : undefined);
  return wrong ? refuse(wrong) : ok({ draft, entry });
}

/** Whether what the draft reverses or settles has gone another way meanwhile. */
function originalRefused(state: LedgerState, content: DraftContent): Failure | undefined {
  if (content.reversalOf !== null) {
    const original = state.entry(content.reversalOf);
    return original && notToBeReversed(state, original);
  }
  const hold = content.hold === null ? undefined : state.hold(content.hold);
  return hold && notToBeSettled(state, hold);
}

function settledBy(state: LedgerState, draft: Draft) {
  return draft.content.hold === null ? undefined : state.hold(draft.content.hold);
}

function entryOf(draft: Draft, accounts: readonly AccountTerms[]): EntryToBe {
  const { lines, ...fields } = draft.content;
  const conditional = lines.some(({ conditions }) => conditions !== null);
  const posted = lines.map((line) => factLine(line.account, line.amount, line));
  return {
    accounts,
    conditions: conditional ? lines.map(({ conditions }) => conditions ?? undefined) : undefined,
    fact: { kind: "entry_posted", ...fields, flagged: false, draftId: draft.id, lines: posted },
  };
}

function accountOf(state: LedgerState, no: number): AccountTerms {
  const account = state.account(no);
  if (account === undefined) throw new Error(`assertion failed: a draft names account ${no}, which the ledger has`);
  return account;
}

function contentOf(state: LedgerState, asked: EntryRequest): Result<DraftContent, Failure> {
  const lines = linesOf(state, asked.lines);
  if (!lines.ok) return lines;
  return ok(draftContent(entryFact(asked, []), lines.value));
}

function linesOf(state: LedgerState, requested: readonly LineRequest[]): Result<readonly DraftLine[], Failure> {
  const named = namedLines(state, requested);
  if (!named.ok) return named;
  return ok(named.value.lines.map(({ account, amount }, i) => ({ account, amount, ...draftLineContent(requested[i] ?? {}) })));
}

/** Whether an external id or a source of the content is somebody else's. */
function nameTaken(state: LedgerState, { externalId, source }: DraftContent, self: Draft | undefined): Failure | undefined {
  const isOther = (by: Named | undefined): by is Named => by !== undefined && by.id !== self?.id;
  const known = externalId === null ? undefined : namedByExternalId(state, externalId);
  if (externalId !== null && isOther(known)) return externalIdTaken(externalId, known);
  const sourced = source === null ? undefined : namedBySource(state, source);
  return isOther(sourced) ? sourceTaken(sourced) : undefined;
}

function unknownReplaced(state: LedgerState, { replaces }: DraftContent): Failure | undefined {
  if (replaces === null || entryById(state, replaces) !== undefined) return undefined;
  return refusalAt("REFERENCE_NOT_FOUND", "The ledger has no entry with the id in replaces.", "/replaces");
}
