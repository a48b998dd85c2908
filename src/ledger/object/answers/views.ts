import { classOf, normalSide } from "../../../kernel/account-type.ts";
import { dateOfDay } from "../../../kernel/calendar-date.ts";
import { instant } from "../../../kernel/clock.ts";
import { type Addresses, addressesOf, encodeAddress } from "../../../kernel/id.ts";
import { jsonString } from "../../../kernel/json-string.ts";
import type { Whole } from "../../../kernel/whole.ts";
import { type AccountTerms, codeAt } from "../../domain/account.ts";
import type { EntryPosted, FactLine } from "../../domain/fact.ts";
import type { PeriodLock } from "../../domain/period-lock.ts";
import type { SharedContent } from "../../domain/shared-content.ts";
import { sharedOf } from "../../domain/shared-record.ts";
import type { LedgerState } from "../../domain/state.ts";
import type { AccountView, LedgerIdentity, PeriodLockView, SharedRecordView } from "../../rpc.ts";
import type { CommitContext } from "../log/journal.ts";

/** What an entry's JSON is made from. The text is built here, once, and passed on as it is: cloning objects over the stub was what cost most. */
export interface EntryToDescribe {
  readonly sequence: number;
  readonly fact: EntryPosted;
  readonly context: CommitContext;
  readonly seal: string;
  readonly status: "posted" | "reversed" | "voided";
  readonly reversalOfId: string | null;
  readonly reversedById: string | null;
  readonly postingReference: string | null;
  /** Of an entry that was a draft: JSON of what became of it. */
  readonly approval: string | null;
  readonly holdId: string | null;
}

export function entryId(identity: LedgerIdentity, atMs: number, sequence: number): string {
  return encodeAddress({ atMs, ledgerNumber: identity.number, kind: "entry", sequence });
}

/** Texts in the memory of an isolate; a flood of accounts empties them at once. */
const accountTextsMax = 50_000;
const accountTexts = new Map<string, { readonly code: string; readonly text: string }>();

/** The part of a line that only changes with its account's code. */
function accountText(account: AccountTerms, sequence: number): string {
  const code = account.formerCodes.length > 0 ? codeAt(account, sequence) : account.code;
  const known = accountTexts.get(account.id);
  if (known !== undefined && known.code === code) return known.text;
  const text = `"accountId":"${account.id}","accountCode":${JSON.stringify(code)},"side":"`;
  if (accountTexts.size >= accountTextsMax) accountTexts.clear();
  accountTexts.set(account.id, { code, text });
  return text;
}

/** JSON of a nullable text. */
function quote(text: string | null): string {
  return text === null ? "null" : jsonString(text);
}

/** `codesAt`: the sequence as of which accounts have their codes, so that a replayed answer repeats the first one. */
export function lineText(line: FactLine, no: number, account: AccountTerms, codesAt: number): string {
  line satisfies Whole<FactLine, "account" | "amount" | "balanceAfter" | "version" | "memo" | "contactId" | "tags">;
  const debit = line.amount > 0;
  let text = `{"no":${no},${accountText(account, codesAt)}${debit ? 'debit","amount":' : 'credit","amount":'}${debit ? line.amount : -line.amount}`;
  text +=
    line.memo === null && line.contactId === null
      ? ',"memo":null,"contactId":null'
      : `,"memo":${quote(line.memo)},"contactId":${quote(line.contactId)}`;
  if (line.tags !== null) text += `,"tags":${JSON.stringify(line.tags)}`;
  return `${text},"balanceAfter":${line.balanceAfter},"accountVersion":${line.version}}`;
}

/** Parts of entries that all entries of one commit share. */
export interface CommitText {
  readonly entryIds: Addresses;
  readonly createdAt: string;
  readonly ledger: string;
  readonly actor: string;
  /** From the metadata to the lines of an entry that has nothing there: most have not. */
  readonly nothingMore: string;
  readonly seal: string;
}

export function commitText(identity: LedgerIdentity, context: CommitContext, seal: string): CommitText {
  const ledger = `"ledgerId":"${identity.ledgerId}","currency":"${identity.currency}"`;
  const actor = `"actor":{"kind":"${context.actor.kind}","id":${JSON.stringify(context.actor.id)}},"requestId":${JSON.stringify(context.requestId)}`;
  return {
    entryIds: addressesOf(context.atMs, identity.number, "entry"),
    createdAt: instant(context.atMs),
    ledger,
    actor,
    nothingMore: `${ledger},"source":{"type":"api","id":null},${actor},"module":"journal","flagged":false,"postingReference":null,"reversalOf":null,"reversedBy":null,"reason":null,"replaces":null,"approval":null,"holdId":null,"lines":[`,
    seal: `"seal":"${seal}"}`,
  };
}

/** What the texts below say of the fact itself: `entryText`, and `moreText` where `hasNothingMore` does not hold. */
type WrittenHere =
  | "date"
  | "description"
  | "reference"
  | "externalId"
  | "metadata"
  | "source"
  | "module"
  | "flagged"
  | "reason"
  | "replaces"
  | "draftId"
  | "lines";
/** What is another property of what is described. */
type GivenBeside = "kind" | "reversalOf" | "void" | "hold";

export function entryText(entry: EntryToDescribe, commit: CommitText, accountOf: (no: number) => AccountTerms, codesAt: number): string {
  const { fact } = entry;
  fact satisfies Whole<EntryPosted, WrittenHere | GivenBeside>;
  const id = fact.draftId ?? commit.entryIds.whole(entry.sequence);
  let text = `{"id":"${id}","journalEntryId":"${id}","status":"${entry.status}","sequence":${entry.sequence},"createdAt":"${commit.createdAt}","date":"${fact.date}"`;
  text += `,"description":${quote(fact.description)},"reference":${quote(fact.reference)},"externalId":${quote(fact.externalId)}`;
  text += fact.metadata === null ? ',"metadata":{},' : `,"metadata":${JSON.stringify(fact.metadata)},`;
  text += hasNothingMore(entry) ? commit.nothingMore : moreText(entry, commit);
  const { lines } = fact;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as FactLine;
    if (i > 0) text += ",";
    text += lineText(line, i + 1, accountOf(line.account), codesAt);
  }
  return `${text}],${commit.seal}`;
}

/** Whether all that stands between an entry's metadata and its lines is what `nothingMore` says. */
function hasNothingMore({ fact, postingReference, reversalOfId, reversedById }: EntryToDescribe): boolean {
  return (
    fact.source === null &&
    fact.module === "journal" &&
    !fact.flagged &&
    postingReference === null &&
    reversalOfId === null &&
    reversedById === null &&
    fact.reason === null &&
    fact.replaces === null &&
    fact.draftId === null &&
    fact.hold === null
  );
}

function moreText(entry: EntryToDescribe, commit: CommitText): string {
  const { fact } = entry;
  let text = commit.ledger;
  text += fact.source === null ? ',"source":{"type":"api","id":null}' : `,"source":${JSON.stringify(fact.source)}`;
  text += `,${commit.actor},"module":"${fact.module}","flagged":${fact.flagged},"postingReference":${quote(entry.postingReference)}`;
  return `${text},"reversalOf":${quote(entry.reversalOfId)},"reversedBy":${quote(entry.reversedById)},"reason":${quote(fact.reason)},"replaces":${quote(fact.replaces)},"approval":${entry.approval},"holdId":${quote(entry.holdId)},"lines":[`;
}

export function accountView(identity: LedgerIdentity, account: AccountTerms): AccountView {
  const { description } = account;
  return {
    id: account.id,
    ledgerId: identity.ledgerId,
    entityId: identity.entityId,
    currency: identity.currency,
    code: account.code,
    name: description.name,
    description: description.description,
    type: account.type,
    class: classOf(account.type),
    subtype: description.subtype,
    normalSide: normalSide(account.type),
    parentId: description.parentId,
    role: description.role,
    stableKey: description.stableKey,
    externalId: account.externalId,
    minBalance: account.minBalance,
    maxBalance: account.maxBalance,
    status: account.status,
    createdAt: instant(account.createdAtMs),
    revision: account.revision,
  };
}

/** What the ledger holds of the shared record: for its own kind, as it is stored. */
export function sharedText(state: SharedContent & Pick<LedgerState, "shared">): string {
  return JSON.stringify({ revision: state.shared.revision, content: sharedOf(state) } satisfies SharedRecordView);
}

export function lockView(lock: PeriodLock): PeriodLockView {
  return {
    startDate: dateOfDay(lock.startDay),
    endDate: dateOfDay(lock.endDay),
    module: lock.module,
    level: lock.level,
    reason: lock.reason,
  };
}
