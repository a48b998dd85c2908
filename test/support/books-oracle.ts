import type { AccountType } from "../../src/kernel/account-type.ts";
import { signOf } from "./ledger-steps.ts";

/** A line as it was asked for, in the order in which the ledger acknowledged it. */
export interface AskedLine {
  readonly sequence: number;
  readonly no: number;
  readonly date: string;
  readonly accountId: string;
  /** Debit positive. */
  readonly amount: number;
}

export interface PointInBooks {
  readonly asOf?: string | undefined;
  readonly knownAt?: number | undefined;
}

/**
 * The books as a bookkeeper with paper would keep them: the lines that were acknowledged, and sums over them.
 * It knows nothing of stored balances, months, tails or runs, and so they are checked against it.
 */
export interface BooksOracle {
  readonly lines: readonly AskedLine[];
  add(line: AskedLine): void;
  turnover(accountId: string, point?: PointInBooks): { readonly debits: bigint; readonly credits: bigint };
  balance(accountId: string, type: AccountType, point?: PointInBooks): bigint;
}

export function booksOracle(): BooksOracle {
  const lines: AskedLine[] = [];
  const byAccount = new Map<string, AskedLine[]>();
  const turnover = (accountId: string, point: PointInBooks = {}) => {
    let debits = 0n;
    let credits = 0n;
    for (const line of byAccount.get(accountId) ?? []) {
      if (point.asOf !== undefined && line.date > point.asOf) continue;
      if (point.knownAt !== undefined && line.sequence > point.knownAt) continue;
      if (line.amount > 0) debits += BigInt(line.amount);
      else credits += BigInt(-line.amount);
    }
    return { debits, credits };
  };
  return {
    lines,
    add(line) {
      lines.push(line);
      const of = byAccount.get(line.accountId);
      if (of === undefined) byAccount.set(line.accountId, [line]);
      else of.push(line);
    },
    turnover,
    balance(accountId, type, point) {
      const { debits, credits } = turnover(accountId, point);
      return (debits - credits) * signOf(type);
    },
  };
}
