import { classOf, normalSide } from "../../kernel/account-type.ts";
import { dateOfDay } from "../../kernel/calendar-date.ts";
import { instant } from "../../kernel/clock.ts";
import { addressesOf, encodeAddress } from "../../kernel/id.ts";
import { type Account, codeAt } from "../domain/account.ts";
import type { EntryPosted, FactLine } from "../domain/fact.ts";
import type { PeriodLock } from "../domain/period-lock.ts";
import type { AccountView, LedgerIdentity, PeriodLockView } from "../rpc.ts";
import type { CommitContext } from "./journal.ts";

/** What an entry's JSON is told from. The text is built here, once, and passed on as it is: cloning objects over the stub was what cost most. */
export interface EntryToTell {
  readonly sequence: number;
  readonly fact: EntryPosted;
  readonly context: CommitContext;
  readonly seal: string;
  readonly status: "posted" | "reversed" | "voided";
  readonly reversalOfId: string | null;
  readonly reversedById: string | null;
  readonly postingReference: string | null;
}

export function entryId(identity: LedgerIdentity, atMs: number, sequence: number): string {
  return encodeAddress({ atMs, ledgerNumber: identity.number, kind: "entry", sequence });
}

/** Texts kept per isolate; a flood of accounts empties them at once. */
const accountTextsMax = 50_000;
const accountTexts = new Map<string, { readonly code: string; readonly text: string }>();

/** The part of a line that only changes with its account's code. */
function accountText(account: Account, sequence: number): string {
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
  return text === null ? "null" : JSON.stringify(text);
}

/** `codesAt`: the sequence as of which account codes are told, so that a replayed answer repeats the first one. */
export function lineText(line: FactLine, no: number, account: Account, codesAt: number): string {
  const debit = line.amount > 0;
  let text = `{"no":${no},${accountText(account, codesAt)}${debit ? "debit" : "credit"}","amount":${debit ? line.amount : -line.amount},"memo":${quote(line.memo)},"contactId":${quote(line.contactId)}`;
  if (line.tags !== null) text += `,"tags":${JSON.stringify(line.tags)}`;
  return `${text},"balanceAfter":${line.balanceAfter},"accountVersion":${line.version}}`;
}

/** Parts of entries that all entries of one commit share. */
export interface CommitText {
  readonly entryIdOf: (sequence: number) => string;
  readonly createdAt: string;
  readonly ledger: string;
  readonly actor: string;
  readonly seal: string;
}

export function commitText(identity: LedgerIdentity, context: CommitContext, seal: string): CommitText {
  return {
    entryIdOf: addressesOf(context.atMs, identity.number, "entry"),
    createdAt: instant(context.atMs),
    ledger: `"ledgerId":"${identity.ledgerId}","currency":"${identity.currency}"`,
    actor: `"actor":{"kind":"${context.actor.kind}","id":${JSON.stringify(context.actor.id)}},"requestId":${JSON.stringify(context.requestId)}`,
    seal: `"seal":"${seal}"}`,
  };
}

export function entryText(entry: EntryToTell, commit: CommitText, accountOf: (no: number) => Account, codesAt: number): string {
  const { fact } = entry;
  const id = commit.entryIdOf(entry.sequence);
  let text = `{"id":"${id}","journalEntryId":"${id}","status":"${entry.status}","sequence":${entry.sequence},"createdAt":"${commit.createdAt}","date":"${fact.date}"`;
  text += `,"description":${quote(fact.description)},"reference":${quote(fact.reference)},"externalId":${quote(fact.externalId)}`;
  text += `,"metadata":${fact.metadata === null ? "{}" : JSON.stringify(fact.metadata)},${commit.ledger}`;
  text += fact.source === null ? ',"source":{"type":"api","id":null}' : `,"source":${JSON.stringify(fact.source)}`;
  text += `,${commit.actor},"module":"${fact.module}","flagged":${fact.flagged},"postingReference":${quote(entry.postingReference)}`;
  text += `,"reversalOf":${quote(entry.reversalOfId)},"reversedBy":${quote(entry.reversedById)},"reason":${quote(fact.reason)},"replaces":${quote(fact.replaces)},"lines":[`;
  for (let i = 0; i < fact.lines.length; i++) {
    const line = fact.lines[i] as FactLine;
    if (i > 0) text += ",";
    text += lineText(line, i + 1, accountOf(line.account), codesAt);
  }
  return `${text}],${commit.seal}`;
}

export function accountView(identity: LedgerIdentity, account: Account): AccountView {
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

export function lockView(lock: PeriodLock): PeriodLockView {
  return {
    startDate: dateOfDay(lock.startDay),
    endDate: dateOfDay(lock.endDay),
    module: lock.module,
    level: lock.level,
    reason: lock.reason,
  };
}
