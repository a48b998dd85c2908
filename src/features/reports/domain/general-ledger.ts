import { type AccountType, normalSide } from "../../../kernel/account-type.ts";

/** An account between two days as far as one page has it. Sums are debits less credits, in minor units. */
export interface AccountPage<Line extends { readonly amount: number }> {
  readonly accountId: string;
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
  readonly opening: bigint;
  /** Of the whole period, on this page or not. */
  readonly debits: bigint;
  readonly credits: bigint;
  /** What stood before the first line of this page. */
  readonly before: bigint;
  /** Whether lines of it are on an earlier page, and on a later one. */
  readonly continued: boolean;
  readonly continues: boolean;
  /** Debit positive. */
  readonly lines: readonly Line[];
}

type ToldLine<Line> = Omit<Line, "amount"> & {
  readonly debitCents: number;
  readonly creditCents: number;
  readonly balanceCents: bigint;
};

/** Balances are on the normal side, contra negative. Totals and the closing balance are of the whole period. */
export interface GeneralLedgerAccount<Line> {
  readonly kind: "account" | "computed";
  readonly key?: "priorYearsEarnings";
  readonly accountId: string | null;
  readonly code: string | null;
  readonly name: string;
  readonly type: AccountType;
  readonly continued: boolean;
  readonly continues: boolean;
  readonly openingBalanceCents: bigint;
  readonly lines: readonly ToldLine<Line>[];
  readonly totalDebitCents: bigint;
  readonly totalCreditCents: bigint;
  readonly closingBalanceCents: bigint;
}

/**
 * A page of the general ledger, in minor units, exact at any size. Closing balance = opening balance + debits − credits, on the account's normal side.
 * What it is checked by: the running balance of an account that ends on the page reaches its closing balance, and the lines of an account that is whole
 * on it add up to its totals. Lines and totals are stored apart in the ledger, so that either can fail.
 */
export function generalLedger<Line extends { readonly amount: number }>(
  pages: readonly AccountPage<Line>[],
): {
  readonly accounts: readonly GeneralLedgerAccount<Line>[];
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
} {
  const accounts = pages.map(accountOf);
  return {
    accounts,
    checks: [
      {
        name: "running_balances_reach_closing",
        ok: accounts.every(
          ({ continues, lines, openingBalanceCents, closingBalanceCents }) =>
            continues || (lines.at(-1)?.balanceCents ?? openingBalanceCents) === closingBalanceCents,
        ),
      },
      {
        name: "lines_sum_to_totals",
        ok: accounts.every(
          ({ continued, continues, lines, totalDebitCents, totalCreditCents }) =>
            continued ||
            continues ||
            (sum(lines, ({ debitCents }) => debitCents) === totalDebitCents &&
              sum(lines, ({ creditCents }) => creditCents) === totalCreditCents),
        ),
      },
    ],
  };
}

function accountOf<Line extends { readonly amount: number }>(page: AccountPage<Line>): GeneralLedgerAccount<Line> {
  const { accountId, code, name, type, continued, continues, opening, debits, credits } = page;
  const sign = normalSide(type) === "debit" ? 1n : -1n;
  let balance = page.before;
  const lines = page.lines.map(({ amount, ...line }) => {
    balance += BigInt(amount);
    return { ...line, debitCents: Math.max(amount, 0), creditCents: Math.max(-amount, 0), balanceCents: sign * balance };
  });
  return {
    kind: "account",
    accountId,
    code,
    name,
    type,
    continued,
    continues,
    openingBalanceCents: sign * opening,
    lines,
    totalDebitCents: debits,
    totalCreditCents: credits,
    closingBalanceCents: sign * (opening + debits - credits),
  };
}

/** What revenue and expense accounts had before the fiscal year (debits less credits), which no account shows: with it, the accounts come to zero. */
export function priorYearsEarnings(heldBefore: bigint): GeneralLedgerAccount<never> {
  return {
    kind: "computed",
    key: "priorYearsEarnings",
    accountId: null,
    code: null,
    name: "Prior years' earnings",
    type: "equity",
    continued: false,
    continues: false,
    openingBalanceCents: -heldBefore,
    lines: [],
    totalDebitCents: 0n,
    totalCreditCents: 0n,
    closingBalanceCents: -heldBefore,
  };
}

function sum<Line>(lines: readonly Line[], amount: (line: Line) => number): bigint {
  return lines.reduce((total, line) => total + BigInt(amount(line)), 0n);
}
