/** The JSON of drafts and holds. */
import { present } from "../../../kernel/assert.ts";
import { instant } from "../../../kernel/clock.ts";
import { decodeAddress, encodeAddress } from "../../../kernel/id.ts";
import type { Actor } from "../../../kernel/role.ts";
import { type AccountTerms, codeAt } from "../../domain/account.ts";
import { humansOf, type Preparer } from "../../domain/approval.ts";
import type { Draft } from "../../domain/draft.ts";
import type { HoldContent } from "../../domain/entry-fields.ts";
import type { DraftContent, DraftLine, DraftSaved, EntryPosted, Fact, HoldLine, HoldPlaced } from "../../domain/fact.ts";
import type { Hold } from "../../domain/hold.ts";
import type { ApproverView } from "../../domain/view.ts";
import type { ApprovalView, DraftView, HoldView, LedgerIdentity, LineView } from "../../rpc.ts";
import type { CommitContext } from "../log/journal.ts";

/** A fact with its place in the log. */
export interface FactRow {
  readonly seq: number;
  readonly fact: Fact;
  readonly context: CommitContext;
  readonly seal: string;
}

/** What describing a draft or a hold asks for. */
export interface Describing {
  readonly identity: LedgerIdentity;
  readonly accountOf: (no: number) => AccountTerms;
  /** What the log has at a sequence, or is about to have. */
  readonly row: (sequence: number) => FactRow;
  readonly draft: (no: number) => Draft | undefined;
  readonly hold: (no: number) => Hold | undefined;
  /** The sequence as of which it is described. */
  readonly knownAt: number;
}

/** The id of what the fact of a sequence made: its own address, or that of the draft it was. */
export function idAt({ identity, row }: Describing, sequence: number): string {
  const { fact, context } = row(sequence);
  if (fact.kind === "entry_posted" && fact.draftId !== null) return fact.draftId;
  return encodeAddress({
    atMs: context.atMs,
    ledgerNumber: identity.number,
    kind: fact.kind === "hold_placed" ? "hold" : "entry",
    sequence,
  });
}

/** A draft in one of its versions. */
export function draftView(describing: Describing, version: number, fact: DraftSaved): DraftView {
  const { knownAt } = describing;
  const no = fact.draft ?? version;
  const id = idAt(describing, no);
  const { context: created } = describing.row(no);
  const content = contentOf(describing, fact);
  return {
    id,
    journalEntryId: id,
    status: fact.status,
    sequence: no,
    ...recordHead(describing, content, created),
    flagged: false,
    postingReference: null,
    reversalOf: content.reversalOf === null ? null : idAt(describing, content.reversalOf),
    reversedBy: null,
    reason: content.reason,
    replaces: content.replaces,
    approval: approvalView(fact, null),
    holdId: content.hold === null ? null : idAt(describing, content.hold),
    lines: content.lines.map((line, i) => ({
      ...lineHead(line, i, describing.accountOf(line.account), knownAt),
      ...(line.conditions === null ? {} : { conditions: line.conditions }),
      balanceAfter: null,
      accountVersion: null,
    })),
    seal: null,
  };
}

/** What every draft and hold says. A draft says more of its own. */
type RecordHead = Pick<HoldView, keyof HoldContent | "createdAt" | "ledgerId" | "currency" | "actor" | "requestId">;

/** What a draft and a hold have in common: what it says, and the commit that made it. */
function recordHead({ identity }: Describing, content: DraftContent | HoldPlaced, { atMs, actor, requestId }: CommitContext): RecordHead {
  const { date, description, reference, externalId, metadata, source, module } = content;
  return {
    createdAt: instant(atMs),
    date,
    description,
    reference,
    externalId,
    metadata: metadata ?? {},
    ledgerId: identity.ledgerId,
    currency: identity.currency,
    source: source ?? { type: "api", id: null },
    actor: { kind: actor.kind, id: actor.id },
    requestId,
    module,
  };
}

/** The content of a version, which may stand with an earlier one. */
function contentOf({ row }: Describing, { content }: DraftSaved): DraftContent {
  if (typeof content !== "number") return content;
  const { fact } = row(content);
  if (fact.kind !== "draft_saved" || typeof fact.content === "number")
    throw new Error("assertion failed: a version names the one that has its content");
  return fact.content;
}

/** How far a draft has come. `postedBy`: who had it posted, where it is. */
function approvalView({ version, preparers, status, reason }: DraftSaved, postedBy: Actor | null): ApprovalView {
  const approvedBy = status === "pending_approval" ? postedBy : null;
  return {
    version,
    preparedBy: preparers.map((preparer) => ({ ...humansView(preparer), independent: preparer.independent ?? false })),
    approvedBy: approvedBy && approverView(approvedBy),
    reason,
  };
}

function humansView(who: Preparer): Omit<ApproverView, "credentialSetBy"> {
  return { kind: who.kind, id: who.id, humans: humansOf(who) };
}

/** Of those who set the password, the one who did it is the first. */
function approverView(who: Preparer): ApproverView {
  return { ...humansView(who), credentialSetBy: who.credentialSetBy?.[0] ?? null };
}

/** JSON of the approval of a posted entry; null where it was never a draft. */
export function approvalText(describing: Describing, { draftId }: EntryPosted, postedBy: Actor): string | null {
  if (draftId === null) return null;
  const draft = describing.draft(present(decodeAddress(draftId), "a draft has an address").sequence);
  const { fact } = describing.row(present(draft, "a posted draft is known").savedSequence);
  if (fact.kind !== "draft_saved") throw new Error("assertion failed: a draft names its last version");
  return JSON.stringify(approvalView(fact, postedBy));
}

function lineHead(
  line: DraftLine | HoldLine,
  i: number,
  account: AccountTerms,
  knownAt: number,
): Omit<LineView, "balanceAfter" | "accountVersion"> {
  const { amount, memo, contactId, tags } = line;
  return {
    no: i + 1,
    accountId: account.id,
    accountCode: codeAt(account, knownAt),
    side: amount > 0 ? ("debit" as const) : ("credit" as const),
    amount: Math.abs(amount),
    memo,
    contactId,
    ...(tags === null ? {} : { tags }),
  };
}

export function holdView(describing: Describing, no: number): HoldView {
  const { knownAt } = describing;
  const { fact, context, seal } = describing.row(no);
  if (fact.kind !== "hold_placed") throw new Error(`assertion failed: sequence ${no} is a hold`);
  const { status, resolved } = present(describing.hold(no), "a hold of the log is known");
  const isOpen = resolved === null || resolved > knownAt;
  const outcome = isOpen ? undefined : describing.row(resolved);
  return {
    id: idAt(describing, no),
    status: isOpen ? "open" : status,
    sequence: no,
    ...recordHead(describing, fact, context),
    groupId: fact.groupId,
    expiresAt: fact.expiresAtMs === null ? null : instant(fact.expiresAtMs),
    resolvedAt: outcome ? instant(outcome.context.atMs) : null,
    entryId: outcome?.fact.kind === "entry_posted" ? idAt(describing, outcome.seq) : null,
    reason: outcome?.fact.kind === "hold_released" ? outcome.fact.reason : null,
    lines: fact.lines.map((line, i) => ({
      ...lineHead(line, i, describing.accountOf(line.account), knownAt),
      availableAfter: line.availableAfter,
      accountVersion: line.version,
    })),
    seal,
  };
}
