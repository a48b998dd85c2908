import { parseDay } from "../../kernel/calendar-date.ts";
import type { Failure } from "../../kernel/failures.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import type { Actor } from "../../kernel/role.ts";
import type { Whole } from "../../kernel/whole.ts";
import type { Writable } from "../../kernel/writable.ts";
import {
  type AccountFigures,
  type AccountTerms,
  addPending,
  copyFigures,
  creditsOf,
  debitsOf,
  normalSign,
  pendingIn,
  pendingOut,
} from "./account.ts";
import type { LineConditions, LineRequest } from "./command.ts";
import { type Decision, made, refusalAt } from "./decision.ts";
import { type LineContent, lineContent } from "./entry-fields.ts";
import type { EntryToPost, FactLine } from "./fact.ts";
import type { Hold } from "./hold.ts";
import type { Module } from "./period-lock.ts";
import { checkLocks } from "./period-lock.ts";
import type { LedgerState } from "./state.ts";

/** An entry on its way, with what stands behind its lines. The lists go by the same places. */
export interface EntryToBe {
  readonly fact: EntryToPost;
  readonly accounts: readonly AccountTerms[];
  readonly conditions: readonly (LineConditions | undefined)[] | undefined;
}

/** A line as it was asked for, on the account that it names. */
export type NamedLine = Pick<FactLine, "account" | "amount" | keyof LineContent>;

/** The lines of a draft or a hold with their accounts. Refuses names of accounts that the ledger does not have. `decidePost` does the same for itself: it has millions. */
export function namedLines(
  state: LedgerState,
  requested: readonly LineRequest[],
): Result<{ readonly lines: readonly NamedLine[]; readonly accounts: readonly AccountTerms[] }, Failure> {
  const lines: NamedLine[] = [];
  const accounts: AccountTerms[] = [];
  for (const [i, line] of requested.entries()) {
    const no = state.accountNumber(line.account);
    const account = no === undefined ? undefined : state.account(no);
    if (account === undefined || account.status === "deleted") return refuse(accountNotFound(i, line.account));
    accounts.push(account);
    lines.push({ account: account.no, amount: line.side === "debit" ? line.amount : -line.amount, ...lineContent(line) });
  }
  return ok({ lines, accounts });
}

/** What stands on an account before the entry's own lines. */
type FiguresOf = (no: number) => AccountFigures;

/** Turnover is stored in 64 bits: an entry of 200 lines adds less than 2^61, so that a side up to 2^62 never passes 2^63. In units of 2^53. */
const turnoverHighMax = 2 ** 9;

/** From this many lines on, looking for the account's earlier line among those before costs more than a table. */
const linesSearchedMax = 8;

/**
 * The checks that every posting passes, from the period lock on, and then the entry. Completes the entry's fact, which is the decision's own.
 * `settled`: the hold that the entry settles; what could refuse one of a group was checked when it was placed.
 */
export function postChecked(state: LedgerState, actor: Actor, entry: EntryToBe, settled?: Hold): Result<Decision, Failure> {
  const { fact, accounts, conditions } = entry;
  const { lines } = fact;
  const lock = checkPeriod(state, fact.date, fact.module, isOfGroup(settled) ? { ...actor, role: "OWNER" } : actor);
  if (!lock.ok) return lock;
  fact.flagged = lock.value === "flagged";
  const figuresOf = settled === undefined ? (no: number) => state.figures(no) : withoutHold(state, settled);
  if (conditions !== undefined) {
    const stale = staleVersion(figuresOf, accounts, conditions);
    if (stale) return refuse(stale);
  }
  const last = lines.length > linesSearchedMax ? new Map<number, number>() : undefined;
  let bounded = false;
  let overflow: Failure | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Writable<FactLine>;
    const account = accounts[i] as AccountTerms;
    // The same account may stand in several lines: each continues where the one before it ended.
    const earlier = last === undefined ? lineBefore(lines, i) : last.get(line.account);
    const figures = figuresOf(line.account);
    const continued = earlier === undefined ? undefined : (lines[earlier] as FactLine);
    line.balanceAfter = (continued === undefined ? figures.balance : continued.balanceAfter) + normalSign(account.type) * line.amount;
    line.version = (continued === undefined ? figures.version : continued.version) + 1;
    last?.set(line.account, i);
    if (account.minBalance !== null || account.maxBalance !== null) bounded = true;
    if (settled === undefined) overflow ??= overflowOf(account, figures, line, i);
  }
  if (conditions !== undefined || bounded) {
    const after = outcomeOf(entry, figuresOf);
    const failed = failedCondition(accounts, conditions, after) ?? brokenLimit(accounts, after);
    if (failed) return refuse(failed);
  }
  if (overflow) return refuse(overflow);
  return made(fact);
}

function isOfGroup(hold: Hold | undefined): boolean {
  return hold !== undefined && hold.fact.groupId !== null;
}

/** Whether the date is open to the actor, and flagged where it is so only to few. */
export function checkPeriod(state: LedgerState, date: string, module: Module, actor: Actor): Result<"open" | "flagged", Failure> {
  if (state.locks.length === 0) return ok("open");
  const day = parseDay(date);
  if (day === undefined) throw new Error("assertion failed: the edge has checked that the date exists");
  return checkLocks(state.locks, day, module, actor);
}

/** The accounts' figures once a hold has been subtracted. */
function withoutHold(state: LedgerState, hold: Hold): FiguresOf {
  const freed = new Map<number, AccountFigures>();
  for (const line of hold.fact.lines) {
    const figures = freed.get(line.account) ?? copyFigures(state.figures(line.account));
    addPending(figures, line.amount, -1);
    freed.set(line.account, figures);
  }
  return (no) => freed.get(no) ?? state.figures(no);
}

/** The place of the last line before `i` that is on the same account. */
function lineBefore(lines: readonly FactLine[], i: number): number | undefined {
  const { account } = lines[i] as FactLine;
  for (let j = i - 1; j >= 0; j--) if ((lines[j] as FactLine).account === account) return j;
  return undefined;
}

export function staleVersion(
  figuresOf: FiguresOf,
  accounts: readonly AccountTerms[],
  conditions: readonly (LineConditions | undefined)[],
): Failure | undefined {
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as AccountTerms;
    const expected = conditions[i]?.expectedVersion;
    if (expected === undefined) continue;
    const { version } = figuresOf(account.no);
    if (expected === version) continue;
    return refusalAt(
      "VERSION_STALE",
      `Account ${account.code} is at version ${version}, not ${expected}.`,
      `/lines/${i}/conditions/expectedVersion`,
      { accountId: account.id, version },
    );
  }
  return undefined;
}

/** Whether a line takes the balance out of ±(2^53 − 1), now or once the open holds are settled, or adds to a turnover that has come to its end. */
function overflowOf(account: AccountTerms, figures: AccountFigures, line: FactLine, i: number): Failure | undefined {
  const { balanceAfter } = line;
  if (
    !Number.isSafeInteger(balanceAfter) ||
    !Number.isSafeInteger(balanceAfter - pendingOut(account.type, figures)) ||
    !Number.isSafeInteger(balanceAfter + pendingIn(account.type, figures))
  ) {
    return beyondRange(account, figures, i);
  }
  return turnoverSpent(account, figures, line.amount, i);
}

/** Refuses a line on a side whose turnover has come to its end. Asked when a hold is placed, because its settlement is not. */
export function turnoverSpent(account: AccountTerms, figures: AccountFigures, amount: number, i: number): Failure | undefined {
  const debit = amount > 0;
  const high = debit ? figures.debitsHigh : figures.creditsHigh;
  if (high < turnoverHighMax || (high === turnoverHighMax && (debit ? figures.debitsLow : figures.creditsLow) === 0)) return undefined;
  const side = debit ? "debits" : "credits";
  const sum = debit ? debitsOf(figures) : creditsOf(figures);
  return refusalAt(
    "BALANCE_OVERFLOW",
    `The ${side} of account ${account.code} have come to ${sum}, beyond which none are taken.`,
    `/lines/${i}/amount`,
    { accountId: account.id, [side]: String(sum) },
  );
}

/** A refusal of a balance beyond the exact range. */
export function beyondRange(account: AccountTerms, figures: AccountFigures, i: number): Failure {
  return refusalAt("BALANCE_OVERFLOW", `The balance of account ${account.code} would leave ±9007199254740991.`, `/lines/${i}/amount`, {
    accountId: account.id,
    balance: figures.balance,
  });
}

/** What an account has after a command, on its normal side. */
export interface Outcome {
  readonly posted: number;
  /** Posted, less what open holds would subtract. */
  readonly available: number;
  /** Posted, and what open holds would add. */
  readonly expected: number;
}

/** Each account's outcome of the whole entry. */
function outcomeOf({ fact, accounts }: EntryToBe, figuresOf: FiguresOf): ReadonlyMap<number, Outcome> {
  const outcomes = new Map<number, Outcome>();
  fact.lines.forEach(({ account, balanceAfter }, i) => {
    const { type } = accounts[i] as AccountTerms;
    const figures = figuresOf(account);
    outcomes.set(account, {
      posted: balanceAfter,
      available: balanceAfter - pendingOut(type, figures),
      expected: balanceAfter + pendingIn(type, figures),
    });
  });
  return outcomes;
}

export function failedCondition(
  accounts: readonly AccountTerms[],
  conditions: EntryToBe["conditions"],
  outcomes: ReadonlyMap<number, Outcome>,
): Failure | undefined {
  if (conditions === undefined) return undefined;
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as AccountTerms;
    const asked = conditions[i];
    const outcome = outcomes.get(account.no);
    if (asked === undefined || outcome === undefined) continue;
    asked satisfies Whole<LineConditions, "expectedVersion" | "minPosted" | "maxPosted" | "minAvailable" | "maxAvailable">;
    const { posted, available } = outcome;
    const bounds = [
      ["minPosted", asked.minPosted, posted, posted >= (asked.minPosted ?? posted)],
      ["maxPosted", asked.maxPosted, posted, posted <= (asked.maxPosted ?? posted)],
      ["minAvailable", asked.minAvailable, available, available >= (asked.minAvailable ?? available)],
      ["maxAvailable", asked.maxAvailable, available, available <= (asked.maxAvailable ?? available)],
    ] as const;
    for (const [name, bound, balance, holds] of bounds) {
      if (holds) continue;
      return refusalAt(
        "CONDITION_FAILED",
        `Account ${account.code} would have ${balance} after the entry, past ${name} ${bound}.`,
        `/lines/${i}/conditions/${name}`,
        { accountId: account.id, bound, balance },
      );
    }
  }
  return undefined;
}

/** `minBalance` bounds what is posted less what holds would subtract, `maxBalance` what is posted and what they would add: resolving a hold breaks neither. */
export function brokenLimit(accounts: readonly AccountTerms[], outcomes: ReadonlyMap<number, Outcome>): Failure | undefined {
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as AccountTerms;
    const outcome = outcomes.get(account.no);
    if (outcome === undefined) throw new Error("assertion failed: the account has a line in the entry");
    const low = account.minBalance !== null && outcome.available < account.minBalance;
    const high = account.maxBalance !== null && outcome.expected > account.maxBalance;
    if (!low && !high) continue;
    const limit = low ? "minBalance" : "maxBalance";
    const balance = low ? outcome.available : outcome.expected;
    const bound = account[limit];
    return refusalAt("BALANCE_LIMIT", `Account ${account.code} would have ${balance}, past its ${limit} ${bound}.`, `/lines/${i}/amount`, {
      accountId: account.id,
      limit,
      bound,
      balance,
    });
  }
  return undefined;
}

export function accountNotFound(i: number, ref: string): Failure {
  const field = ref.startsWith("i") ? "accountId" : ref.startsWith("c") ? "accountCode" : "accountExternalId";
  return refusalAt("ACCOUNT_NOT_FOUND", `The ledger has no account with ${field} ${JSON.stringify(ref.slice(1))}.`, `/lines/${i}/${field}`);
}

export function closedAccount(accounts: readonly AccountTerms[]): Failure | undefined {
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as AccountTerms;
    if (account.status !== "active")
      return refusalAt("ACCOUNT_CLOSED", `Account ${account.code} is archived.`, `/lines/${i}`, { accountId: account.id });
  }
  return undefined;
}

/** Debits must equal credits. Sums of 200 amounts pass 2^53, so they are exact only as long as they are safe, and bigint beyond. */
export function checkBalanced(lines: readonly { readonly amount: number }[]): Failure | undefined {
  let debits = 0;
  let credits = 0;
  for (let i = 0; i < lines.length; i++) {
    const { amount } = lines[i] as { readonly amount: number };
    if (amount > 0) debits += amount;
    else credits -= amount;
  }
  if (Number.isSafeInteger(debits) && Number.isSafeInteger(credits)) {
    if (debits === credits) return undefined;
    return refusalAt("ENTRY_UNBALANCED", `The debits are ${debits} and the credits ${credits}.`, "/lines", { debits, credits });
  }
  let exactDebits = 0n;
  let exactCredits = 0n;
  for (const line of lines) {
    if (line.amount > 0) exactDebits += BigInt(line.amount);
    else exactCredits -= BigInt(line.amount);
  }
  if (exactDebits === exactCredits) return undefined;
  return refusalAt("ENTRY_UNBALANCED", `The debits are ${exactDebits} and the credits ${exactCredits}.`, "/lines", {
    debits: String(exactDebits),
    credits: String(exactCredits),
  });
}
