import { parseDay } from "../../kernel/calendar-date.ts";
import { encodeAddress } from "../../kernel/id.ts";
import { type Account, addTurnover, noFigures } from "./account.ts";
import type { AccountChanged, AccountOpened, EntryPosted, Fact, PeriodLocked } from "./fact.ts";
import { setLock } from "./period-lock.ts";
import type { MutableLedgerState } from "./state.ts";

/** The state after a fact. The same function posts, replays on start and verifies: there is no other way for state to change. */
export function applyFact(state: MutableLedgerState, fact: Fact, sequence: number, atMs: number): void {
  switch (fact.kind) {
    case "entry_posted":
      applyEntry(state, fact, sequence, atMs);
      break;
    case "account_opened":
      state.addAccount(openedAccount(state, fact, sequence, atMs));
      break;
    case "account_changed":
      applyAccountChange(state, fact, sequence);
      break;
    case "period_locked":
      state.setLocks(setLock(state.locks, lockChange(fact)));
      break;
    case "ledger_opened":
      state.setIdentity(fact);
      break;
    case "posting_reference_set":
      break;
  }
}

function applyEntry(state: MutableLedgerState, fact: EntryPosted, sequence: number, atMs: number): void {
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
}

/** A lock fact with its dates as days. */
export function lockChange(fact: PeriodLocked) {
  const startDay = parseDay(fact.startDate);
  const endDay = parseDay(fact.endDate);
  if (startDay === undefined || endDay === undefined) throw new Error("assertion failed: a lock's dates exist");
  return { startDay, endDay, module: fact.module, level: fact.level, reason: fact.reason };
}
