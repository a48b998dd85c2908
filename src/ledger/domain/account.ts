import type { AccountType } from "../../kernel/account-type.ts";
import { normalSide } from "../../kernel/account-type.ts";
import type { AccountDescription } from "./command.ts";

export type AccountStatus = "active" | "archived" | "deleted";

/**
 * An account as the ledger knows it. Numbered by the sequence of the fact that opened it.
 * `balance` is posted, on the normal side; turnover (`debits`, `credits`) only grows and passes 2^53, hence bigint.
 */
export interface Account {
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
  /** The codes it had before, each with the sequence from which it was another: what was answered then can be told again. */
  formerCodes: readonly { readonly code: string; readonly until: number }[];
  balance: number;
  debits: bigint;
  credits: bigint;
  /** Lines posted so far. */
  version: number;
}

/** +1 where debits raise the balance, −1 where credits do. */
export function normalSign(type: AccountType): 1 | -1 {
  return normalSide(type) === "debit" ? 1 : -1;
}

/** The code that the account had when the fact `sequence` was the last. */
export function codeAt(account: Account, sequence: number): string {
  for (const former of account.formerCodes) if (sequence < former.until) return former.code;
  return account.code;
}
