import type { AccountType } from "../../kernel/account-type.ts";
import { normalSide } from "../../kernel/account-type.ts";

/** What describes an account and never decides: stored with its facts, so that the catalogue's row can be rebuilt from the log. */
export interface AccountDescription {
  readonly name: string;
  readonly description: string | null;
  readonly subtype: string | null;
  readonly parentId: string | null;
  /** The part the account plays in its books (`accounts_receivable`, `retained_earnings`, …), at most one account for each. */
  readonly role: string | null;
  /** A name for mappings that outlives renaming and renumbering. */
  readonly stableKey: string | null;
}

export type AccountStatus = "active" | "archived" | "deleted";

/** What an account is, without what stands on it. Numbered by the sequence of the fact that opened it. */
export interface AccountTerms {
  readonly no: number;
  readonly id: string;
  code: string;
  externalId: string | null;
  type: AccountType;
  description: AccountDescription;
  minBalance: number | null;
  maxBalance: number | null;
  status: AccountStatus;
  readonly createdAtMs: number;
  /** The sequence of the fact that last changed what is not a balance. */
  revision: number;
  /** The codes it had before, each with the sequence from which it was another: what was answered then can be described again. */
  formerCodes: readonly { readonly code: string; readonly until: number }[];
  /** How many accounts that are not deleted stand directly below it. */
  children: number;
}

/**
 * What postings change of an account. Apart from its terms, because thousands are copied per request.
 * Turnover only grows and passes 2^53: it is `high` × 2^53 + `low`, because a bigint for each line was measured to cost more than the rest of it.
 */
export interface AccountFigures {
  /** Posted, on the normal side. */
  balance: number;
  /** Changes so far: lines posted, and lines of holds placed and resolved. */
  version: number;
  debitsHigh: number;
  debitsLow: number;
  creditsHigh: number;
  creditsLow: number;
  /** Of open holds. Together at most 2^53 − 1 beyond the balance on either side. */
  pendingDebits: number;
  pendingCredits: number;
  /** What of the version are lines of holds. */
  holdChanges: number;
}

/** An account as the ledger knows it. */
export interface Account extends AccountTerms, AccountFigures {}

const turnoverUnit = 2 ** 53;

/** Turnover as figures store it, from the exact sums. */
export function turnoverOf(
  debits: bigint,
  credits: bigint,
): Pick<AccountFigures, "debitsHigh" | "debitsLow" | "creditsHigh" | "creditsLow"> {
  const unit = BigInt(turnoverUnit);
  return {
    debitsHigh: Number(debits / unit),
    debitsLow: Number(debits % unit),
    creditsHigh: Number(credits / unit),
    creditsLow: Number(credits % unit),
  };
}

/** Everything ever debited. */
export function debitsOf(figures: AccountFigures): bigint {
  return BigInt(figures.debitsHigh) * BigInt(turnoverUnit) + BigInt(figures.debitsLow);
}

/** Everything ever credited. */
export function creditsOf(figures: AccountFigures): bigint {
  return BigInt(figures.creditsHigh) * BigInt(turnoverUnit) + BigInt(figures.creditsLow);
}

/** Adds a line's amount, debit positive and at most 2^53 − 1 either way, to the turnover of its side. Exact: no sum in here passes 2^53. */
export function addTurnover(figures: AccountFigures, amount: number): void {
  if (amount > 0) {
    const room = turnoverUnit - figures.debitsLow;
    if (amount < room) figures.debitsLow += amount;
    else {
      figures.debitsHigh += 1;
      figures.debitsLow = amount - room;
    }
  } else {
    const room = turnoverUnit - figures.creditsLow;
    if (-amount < room) figures.creditsLow -= amount;
    else {
      figures.creditsHigh += 1;
      figures.creditsLow = -amount - room;
    }
  }
}

/** Adds a hold's line to what is pending, or, with `sign` −1, subtracts it. Either is a change of the account. */
export function addPending(figures: AccountFigures, amount: number, sign: 1 | -1): void {
  if (amount > 0) figures.pendingDebits += sign * amount;
  else figures.pendingCredits -= sign * amount;
  figures.version += 1;
  figures.holdChanges += 1;
}

/** What open holds would subtract from the balance, on the account's normal side. */
export function pendingOut(type: AccountType, figures: AccountFigures): number {
  return normalSide(type) === "debit" ? figures.pendingCredits : figures.pendingDebits;
}

/** What open holds would add to the balance, on the account's normal side. */
export function pendingIn(type: AccountType, figures: AccountFigures): number {
  return normalSide(type) === "debit" ? figures.pendingDebits : figures.pendingCredits;
}

/** What stands on an account before anything is posted to it. */
export function noFigures(): AccountFigures {
  return {
    balance: 0,
    version: 0,
    debitsHigh: 0,
    debitsLow: 0,
    creditsHigh: 0,
    creditsLow: 0,
    pendingDebits: 0,
    pendingCredits: 0,
    holdChanges: 0,
  };
}

/** Puts the figures of `from` in the place of those of `to`. */
export function setFigures(to: AccountFigures, from: AccountFigures): void {
  to.balance = from.balance;
  to.version = from.version;
  to.debitsHigh = from.debitsHigh;
  to.debitsLow = from.debitsLow;
  to.creditsHigh = from.creditsHigh;
  to.creditsLow = from.creditsLow;
  to.pendingDebits = from.pendingDebits;
  to.pendingCredits = from.pendingCredits;
  to.holdChanges = from.holdChanges;
}

/** Written out, because a spread on every touched account shows in bulk posting. */
export function copyFigures(figures: AccountFigures): AccountFigures {
  return {
    balance: figures.balance,
    version: figures.version,
    debitsHigh: figures.debitsHigh,
    debitsLow: figures.debitsLow,
    creditsHigh: figures.creditsHigh,
    creditsLow: figures.creditsLow,
    pendingDebits: figures.pendingDebits,
    pendingCredits: figures.pendingCredits,
    holdChanges: figures.holdChanges,
  };
}

/** +1 where debits raise the balance, −1 where credits do. */
export function normalSign(type: AccountType): 1 | -1 {
  return normalSide(type) === "debit" ? 1 : -1;
}

/** The code that the account had when the fact `sequence` was the last. */
export function codeAt(account: Pick<AccountTerms, "code" | "formerCodes">, sequence: number): string {
  for (const former of account.formerCodes) if (sequence < former.until) return former.code;
  return account.code;
}
