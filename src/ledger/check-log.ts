/** What every fact of a log is checked against, wherever the log is read: figures are the fold of the facts before, debits equal credits, a hold ends once. */
import { createHash } from "node:crypto";
import type { AccountType } from "../kernel/account-type.ts";
import { normalSign } from "./domain/account.ts";
import { type AccountsCarried, type CarriedAccount, type EntryPosted, entryAmount, type HoldLine, type HoldPlaced } from "./domain/fact.ts";
import { decodeFact } from "./domain/fact-text.ts";

interface CheckedAccount {
  readonly code: string;
  readonly type: AccountType;
}

/** What is known of the log's accounts and holds. */
export interface CheckedLog {
  account(no: number): CheckedAccount | undefined;
  /** `resolved`: the sequence of the fact that ended it. */
  hold(no: number): { readonly fact: HoldPlaced; readonly resolved: number | null } | undefined;
}

/** What the log has come to on an account. */
export interface Checked {
  balance: number;
  debits: bigint;
  credits: bigint;
  version: number;
  pendingDebits: number;
  pendingCredits: number;
}

export type AccountOf = (no: number) => Checked;

export function checkFact(
  log: CheckedLog,
  row: { readonly seq: number; readonly body: string },
  accountOf: AccountOf,
  fault: (text: string) => void,
): void {
  const fact = decodeFact(row.body);
  switch (fact.kind) {
    case "entry_posted":
      if (fact.hold !== null) {
        const hold = resolveHold(log, row.seq, fact.hold, accountOf, fault);
        if (hold !== undefined && !isWithin(fact.lines, hold.fact.lines)) fault(`sequence ${row.seq} settles more than its hold keeps`);
      }
      checkEntry(log, row.seq, fact, accountOf, fault);
      break;
    case "hold_placed":
      checkHold(log, row.seq, fact, accountOf, fault);
      break;
    case "hold_released":
      resolveHold(log, row.seq, fact.hold, accountOf, fault);
      break;
    case "holds_expired":
      for (const hold of fact.holds) resolveHold(log, row.seq, hold, accountOf, fault);
      break;
    case "accounts_carried":
      addCarriedAccounts(fact, accountOf);
  }
}

function checkEntry(log: CheckedLog, sequence: number, fact: EntryPosted, accountOf: AccountOf, fault: (text: string) => void): void {
  const sum = checkLines(log, sequence, fact.lines, accountOf, fault, (line, account, checked) => {
    if (line.amount > 0) checked.debits += BigInt(line.amount);
    else checked.credits -= BigInt(line.amount);
    checked.balance += normalSign(account.type) * line.amount;
    checked.version += 1;
    if (checked.balance !== line.balanceAfter)
      fault(`sequence ${sequence}: account ${account.code} is said to have ${line.balanceAfter} and has ${checked.balance}`);
    if (checked.version !== line.version)
      fault(`sequence ${sequence}: account ${account.code} is said to be at version ${line.version} and is at ${checked.version}`);
  });
  if (sum !== 0n) fault(`sequence ${sequence} does not balance`);
  if (entryAmount(fact) <= 0) fault(`sequence ${sequence} moves nothing`);
}

function checkHold(log: CheckedLog, sequence: number, fact: HoldPlaced, accountOf: AccountOf, fault: (text: string) => void): void {
  const sum = checkLines(log, sequence, fact.lines, accountOf, fault, (line, account, checked) => {
    changePending(checked, line.amount, 1);
    const available = checked.balance - (normalSign(account.type) > 0 ? checked.pendingCredits : checked.pendingDebits);
    if (available !== line.availableAfter || checked.version !== line.version)
      fault(
        `sequence ${sequence}: account ${account.code} is said to have ${line.availableAfter} available at version ${line.version} and has ${available} at ${checked.version}`,
      );
  });
  if (sum !== 0n) fault(`sequence ${sequence} holds what does not balance`);
}

/** Calls `checkLine` for each line of a known account. Answers the sum of all lines. */
function checkLines<Line extends { readonly account: number; readonly amount: number }>(
  log: CheckedLog,
  sequence: number,
  lines: readonly Line[],
  accountOf: AccountOf,
  fault: (text: string) => void,
  checkLine: (line: Line, account: CheckedAccount, checked: Checked) => void,
): bigint {
  let sum = 0n;
  for (const line of lines) {
    sum += BigInt(line.amount);
    const checked = accountOf(line.account);
    const account = log.account(line.account);
    if (account === undefined) fault(`sequence ${sequence} names an account that does not exist`);
    else checkLine(line, account, checked);
  }
  return sum;
}

/** Subtracts a hold from what is pending, and checks that the fact is the one that resolved it. */
function resolveHold(
  log: CheckedLog,
  sequence: number,
  no: number,
  accountOf: AccountOf,
  fault: (text: string) => void,
): { readonly fact: HoldPlaced } | undefined {
  const hold = log.hold(no);
  if (hold === undefined || no >= sequence || hold.resolved !== sequence) {
    fault(`sequence ${sequence} resolves hold ${no}, which was not open then`);
    return undefined;
  }
  for (const line of hold.fact.lines) changePending(accountOf(line.account), line.amount, -1);
  return hold;
}

function changePending(checked: Checked, amount: number, sign: 1 | -1): void {
  if (amount > 0) checked.pendingDebits += sign * amount;
  else checked.pendingCredits -= sign * amount;
  checked.version += 1;
}

/** Whether no account and side has more in `lines` than in `held`. */
function isWithin(lines: readonly { readonly account: number; readonly amount: number }[], held: readonly HoldLine[]): boolean {
  const left = new Map<string, bigint>();
  const key = (line: { readonly account: number; readonly amount: number }) => `${line.account} ${Math.sign(line.amount)}`;
  for (const line of held) left.set(key(line), (left.get(key(line)) ?? 0n) + BigInt(Math.abs(line.amount)));
  for (const line of lines) left.set(key(line), (left.get(key(line)) ?? 0n) - BigInt(Math.abs(line.amount)));
  return [...left.values()].every((rest) => rest >= 0n);
}

/** What is known of an account before the first fact about it. */
export function nothingChecked(): Checked {
  return { balance: 0, debits: 0n, credits: 0n, version: 0, pendingDebits: 0, pendingCredits: 0 };
}

function addCarriedAccounts({ accounts }: AccountsCarried, accountOf: AccountOf): void {
  for (const account of accounts) Object.assign(accountOf(account.no), checkedOf(account));
}

/** The figures of an account that was carried over. */
export function checkedOf({ balance, debits, credits, version, pendingDebits, pendingCredits }: CarriedAccount): Checked {
  return { balance, debits: BigInt(debits), credits: BigInt(credits), version, pendingDebits, pendingCredits };
}

/** A digest over the figures of accounts in order of their numbers, one after the other: what a generation ends with is what the next begins with. */
export function figuresDigest(before: string, no: number, { debits, credits, version, pendingDebits, pendingCredits }: Checked): string {
  if (version === 0) return before;
  const figures = `${before}\n${no} ${debits} ${credits} ${version} ${pendingDebits} ${pendingCredits}`;
  return createHash("sha256").update(figures).digest("hex");
}
