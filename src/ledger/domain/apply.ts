import { parseDay } from "../../kernel/calendar-date.ts";
import { encodeAddress } from "../../kernel/id.ts";
import { type Account, addPending, addTurnover, noFigures, turnoverOf } from "./account.ts";
import type { LedgerIdentity } from "./command.ts";
import type { Draft } from "./draft.ts";
import type {
  AccountChanged,
  AccountOpened,
  CarriedAccount,
  DraftCarried,
  DraftSaved,
  EntryPosted,
  Fact,
  HoldCarried,
  HoldPlaced,
  LedgerContinued,
  LedgerOpened,
  PeriodLocked,
} from "./fact.ts";
import { decodeFact } from "./fact-text.ts";
import type { Hold, HoldStatus } from "./hold.ts";
import { setLock } from "./period-lock.ts";
import { draftById } from "./recorded-entry.ts";
import { applyShared } from "./shared-record.ts";
import { neverRemoved } from "./standing.ts";
import type { MutableLedgerState } from "./state.ts";

/** The state after a fact. The same function posts, replays on start and verifies: there is no other way for state to change. */
export function applyFact(state: MutableLedgerState, fact: Fact, sequence: number, atMs: number): void {
  switch (fact.kind) {
    case "entry_posted":
      applyEntry(state, fact, sequence, atMs);
      break;
    case "account_opened":
      state.addAccount(openedAccount(state, fact, sequence, atMs));
      countChild(state, fact.description.parentId, 1);
      break;
    case "account_changed":
      applyAccountChange(state, fact, sequence);
      break;
    case "period_locked":
      state.setLocks(setLock(state.locks, lockChange(fact)));
      break;
    case "ledger_opened":
      state.setIdentity(identityOf(fact));
      break;
    case "posting_reference_set":
      state.setPostingReference(fact.entry, fact.setBy ?? null);
      break;
    case "approval_policy_set":
      state.setPolicy(fact.policy);
      break;
    case "shared_record_set":
      applyShared(state, fact);
      state.setShared({ revision: fact.revision, sequence });
      break;
    case "draft_saved":
      state.setDraft(savedDraft(state, fact, sequence, atMs));
      break;
    case "hold_placed":
      for (const line of fact.lines) addPending(state.touchFigures(line.account), line.amount, 1);
      state.setHold(placedHold(state, fact, sequence, atMs));
      break;
    case "hold_released":
      resolve(state, fact.hold, "released", sequence);
      break;
    case "holds_expired":
      for (const hold of fact.holds) resolve(state, hold, "expired", sequence);
      break;
    case "ledger_frozen":
      state.setStanding({ status: "frozen", removal: fact.removal });
      break;
    case "ledger_thawed":
      state.setStanding({ status: "open", removal: fact.removal });
      break;
    case "ledger_retired":
      state.setStanding({ status: "retired", removal: fact.removal });
      break;
    case "group_ended":
      state.setGroupEnd(fact.groupId, { sequence, outcome: fact.outcome });
      break;
    case "ledger_continued":
      state.setIdentity(identityOf(fact));
      applyShared(state, fact);
      state.setShared({ revision: fact.sharedRevision ?? 0, sequence });
      state.setStanding(fact.standing ?? neverRemoved);
      break;
    case "accounts_carried":
      for (const account of fact.accounts) state.addAccount(carriedAccount(account));
      break;
    case "draft_carried":
      state.setDraft(carriedDraft(state, fact));
      break;
    case "hold_carried":
      state.setHold(placedHold(state, heldBy(fact), fact.row.seq, fact.placedAtMs));
      break;
    case "row_carried":
    case "state_carried":
    case "ledger_closed":
      break;
  }
}

/** What the ledger is, of the fact that says so. */
export function identityOf({ number, ledgerId, siteId, entityId, currency, scale }: LedgerOpened | LedgerContinued): LedgerIdentity {
  return { number, ledgerId, siteId, entityId, currency, scale };
}

function carriedAccount({ debits, credits, ...account }: CarriedAccount): Account {
  const { balance, version, pendingDebits, pendingCredits, holdChanges, ...terms } = account;
  const turnover = turnoverOf(BigInt(debits), BigInt(credits));
  return { ...terms, children: terms.children ?? 0, balance, version, ...turnover, pendingDebits, pendingCredits, holdChanges };
}

function carriedDraft(state: Placed, fact: DraftCarried): Draft {
  const { draft: no, createdAtMs, saved, contentRow, status, version, preparers, reason } = fact;
  const written = decodeFact(contentRow.body);
  if (written.kind !== "draft_saved" || typeof written.content === "number")
    throw new Error(`assertion failed: draft ${no} is carried with the version that has its content`);
  return {
    no,
    id: encodeAddress({ atMs: createdAtMs, ledgerNumber: state.identity.number, kind: "entry", sequence: no }),
    status,
    version,
    preparers,
    content: written.content,
    writtenBy: written.writtenBy ?? null,
    contentSequence: contentRow.seq,
    savedSequence: saved,
    reason,
    entry: null,
  };
}

/** The fact that placed a hold that is carried. */
export function heldBy({ row }: HoldCarried): HoldPlaced {
  const fact = decodeFact(row.body);
  if (fact.kind !== "hold_placed") throw new Error(`assertion failed: sequence ${row.seq} is a hold`);
  return fact;
}

function applyEntry(state: MutableLedgerState, fact: EntryPosted, sequence: number, atMs: number): void {
  if (fact.hold !== null) resolve(state, fact.hold, "settled", sequence);
  const lines = fact.lines;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line === undefined) continue;
    const figures = state.touchFigures(line.account);
    addTurnover(figures, line.amount);
    figures.balance = line.balanceAfter;
    figures.version = line.version;
  }
  state.addEntry(sequence, atMs, fact);
  if (fact.reversalOf !== null) state.setReversal(fact.reversalOf, sequence);
  const draft = fact.draftId === null ? undefined : draftById(state, fact.draftId);
  if (draft !== undefined) state.setDraft({ ...draft, status: "posted", entry: sequence });
}

/** Subtracts a hold's lines from what is pending. */
function resolve(state: MutableLedgerState, no: number, status: Exclude<HoldStatus, "open">, sequence: number): void {
  const hold = state.hold(no);
  if (hold === undefined) throw new Error(`assertion failed: a fact names hold ${no}, which the ledger has`);
  for (const line of hold.fact.lines) addPending(state.touchFigures(line.account), line.amount, -1);
  state.setHold({ ...hold, status, resolved: sequence });
}

type Placed = { readonly identity: { readonly number: number } };

/** The hold that a fact places. */
function placedHold(state: Placed, fact: HoldPlaced, sequence: number, atMs: number): Hold {
  const id = encodeAddress({ atMs, ledgerNumber: state.identity.number, kind: "hold", sequence });
  return { no: sequence, id, status: "open", fact, resolved: null };
}

/** The draft as a fact leaves it. */
function savedDraft(state: MutableLedgerState, fact: DraftSaved, sequence: number, atMs: number): Draft {
  const { version, status, preparers, reason, content } = fact;
  const earlier = fact.draft === null ? undefined : state.draft(fact.draft);
  const no = fact.draft ?? sequence;
  const id = earlier?.id ?? encodeAddress({ atMs, ledgerNumber: state.identity.number, kind: "entry", sequence: no });
  const written = typeof content === "number" ? earlier?.content : content;
  if (written === undefined) throw new Error(`assertion failed: version ${version} of draft ${no} has an earlier one with the content`);
  return {
    no,
    id,
    status,
    version,
    preparers,
    content: written,
    writtenBy: (typeof content === "number" ? earlier?.writtenBy : fact.writtenBy) ?? null,
    contentSequence: typeof content === "number" ? content : sequence,
    savedSequence: sequence,
    reason,
    entry: null,
  };
}

/** The account that a fact opens: numbered and identified by the fact's sequence. */
export function openedAccount(
  state: { readonly identity: { readonly number: number } },
  fact: AccountOpened,
  sequence: number,
  atMs: number,
): Account {
  return {
    no: sequence,
    id: encodeAddress({ atMs, ledgerNumber: state.identity.number, kind: "entry", sequence }),
    code: fact.code,
    externalId: fact.externalId,
    type: fact.type,
    description: fact.description,
    minBalance: fact.minBalance,
    maxBalance: fact.maxBalance,
    status: "active",
    createdAtMs: atMs,
    revision: sequence,
    formerCodes: [],
    children: 0,
    ...noFigures(),
  };
}

function applyAccountChange(state: MutableLedgerState, fact: AccountChanged, sequence: number): void {
  const account = state.touchTerms(fact.account);
  const before = { ...account };
  if (fact.code !== account.code) account.formerCodes = [...account.formerCodes, { code: account.code, until: sequence }];
  account.code = fact.code;
  account.externalId = fact.externalId;
  account.type = fact.type;
  account.minBalance = fact.minBalance;
  account.maxBalance = fact.maxBalance;
  account.description = fact.description;
  account.status = fact.status;
  account.revision = sequence;
  state.indexAccount(before, account);
  if (before.status !== "deleted") countChild(state, before.description.parentId, -1);
  if (fact.status !== "deleted") countChild(state, fact.description.parentId, 1);
}

/** Counts an account that has come to stand below another, or has left it. */
function countChild(state: MutableLedgerState, parentId: string | null, difference: 1 | -1): void {
  const parent = parentId === null ? undefined : state.accountNumber(`i${parentId}`);
  if (parent !== undefined) state.touchTerms(parent).children += difference;
}

/** A lock fact with its dates as days. */
export function lockChange(fact: PeriodLocked) {
  const startDay = parseDay(fact.startDate);
  const endDay = parseDay(fact.endDate);
  if (startDay === undefined || endDay === undefined) throw new Error("assertion failed: a lock's dates exist");
  return { startDay, endDay, module: fact.module, level: fact.level, reason: fact.reason };
}
