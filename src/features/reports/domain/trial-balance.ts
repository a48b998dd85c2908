import { type AccountClass, type AccountType, classOf, isTemporary, normalSide } from "../../../kernel/account-type.ts";

/** Turnover of one account: before the first day of the report's fiscal year, and from that day to the report's date. */
export interface AccountTurnover {
  readonly accountId: string;
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
  readonly openingDebits: bigint;
  readonly openingCredits: bigint;
  readonly debits: bigint;
  readonly credits: bigint;
}

/**
 * A row of the trial balance, in minor units. `openingCents` is on the row's normal side (debit for assets and expenses, else credit), contra negative.
 * `debitCents` and `creditCents` are the turnover of the fiscal year up to the report's date; the closing balance stands on the side where it falls.
 */
export interface TrialBalanceRow {
  readonly kind: "account" | "computed";
  readonly accountId: string | null;
  readonly code: string | null;
  readonly name: string;
  readonly type: AccountType;
  readonly openingCents: bigint;
  readonly debitCents: bigint;
  readonly creditCents: bigint;
  readonly closingDebitCents: bigint;
  readonly closingCreditCents: bigint;
}

export interface TrialBalanceSection {
  readonly key: "assets" | "liabilities" | "equity" | "revenue" | "expenses";
  readonly label: string;
  readonly rows: readonly TrialBalanceRow[];
  /** One figure per column. */
  readonly totalCents: readonly bigint[];
}

export interface TrialBalance {
  readonly sections: readonly TrialBalanceSection[];
  readonly totals: {
    readonly openingDebitCents: bigint;
    readonly openingCreditCents: bigint;
    readonly debitCents: bigint;
    readonly creditCents: bigint;
    readonly closingDebitCents: bigint;
    readonly closingCreditCents: bigint;
    readonly priorYearsEarnings: bigint;
    readonly difference: bigint;
  };
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}

/** `fiscalYear`: revenue and expense accounts start the year at zero. `inception`: they carry all that was ever posted. */
export type ProfitAndLossFrom = "fiscalYear" | "inception";

/** The figures of a row, in the order of the report's columns. */
export const trialBalanceColumns = ["openingCents", "debitCents", "creditCents", "closingDebitCents", "closingCreditCents"] as const;

const sectionsInOrder: readonly { readonly key: TrialBalanceSection["key"]; readonly label: string; readonly of: AccountClass }[] = [
  { key: "assets", label: "Assets", of: "asset" },
  { key: "liabilities", label: "Liabilities", of: "liability" },
  { key: "equity", label: "Equity", of: "equity" },
  { key: "revenue", label: "Revenue", of: "revenue" },
  { key: "expenses", label: "Expenses", of: "expense" },
];

/**
 * The trial balance of a fiscal year to date, exact at any size.
 * Revenue and expense accounts are reset at the start of the fiscal year (specs of bookkeeping 4.2), and what they had then, prior years' profit and
 * loss and nothing else, is the computed row `priorYearsEarnings`: without it debits would miss credits by exactly that sum.
 * Rows whose figures are all zero are left out unless `includeZero`. Accounts stay in the order in which they are given.
 */
export function trialBalance(
  accounts: readonly AccountTurnover[],
  options: { readonly pnl: ProfitAndLossFrom; readonly includeZero: boolean },
): TrialBalance {
  const rows: TrialBalanceRow[] = [];
  let priorYearsEarnings = 0n;
  for (const account of accounts) {
    const resets = options.pnl === "fiscalYear" && isTemporary(account.type);
    const opening = account.openingDebits - account.openingCredits;
    if (resets) priorYearsEarnings -= opening;
    rows.push(rowOf("account", account, resets ? 0n : opening, account.debits, account.credits));
  }
  if (options.pnl === "fiscalYear") {
    rows.push(
      rowOf("computed", { accountId: null, code: null, name: "Prior years' earnings", type: "equity" }, -priorYearsEarnings, 0n, 0n),
    );
  }
  const shown = rows.filter((row) => options.includeZero || !isZero(row));
  const sections = sectionsInOrder.map(({ key, label, of }) => {
    const own = shown.filter((row) => classOf(row.type) === of);
    return { key, label, rows: own, totalCents: trialBalanceColumns.map((column) => sum(own, (row) => row[column])) };
  });
  const totals = {
    openingDebitCents: sum(rows, (row) => positive(openingDebit(row))),
    openingCreditCents: sum(rows, (row) => positive(-openingDebit(row))),
    debitCents: sum(rows, (row) => row.debitCents),
    creditCents: sum(rows, (row) => row.creditCents),
    closingDebitCents: sum(rows, (row) => row.closingDebitCents),
    closingCreditCents: sum(rows, (row) => row.closingCreditCents),
    priorYearsEarnings,
  };
  const inSections = (column: number) => sections.reduce((total, section) => total + (section.totalCents[column] ?? 0n), 0n);
  return {
    sections,
    totals: { ...totals, difference: totals.closingDebitCents - totals.closingCreditCents },
    checks: [
      { name: "opening_balances", ok: totals.openingDebitCents === totals.openingCreditCents },
      { name: "turnover_balances", ok: totals.debitCents === totals.creditCents },
      { name: "closing_balances", ok: totals.closingDebitCents === totals.closingCreditCents },
      { name: "sections_sum_to_totals", ok: inSections(3) === totals.closingDebitCents && inSections(4) === totals.closingCreditCents },
    ],
  };
}

function rowOf(
  kind: TrialBalanceRow["kind"],
  named: Pick<TrialBalanceRow, "accountId" | "code" | "name" | "type">,
  openingDebits: bigint,
  debits: bigint,
  credits: bigint,
): TrialBalanceRow {
  const closing = openingDebits + debits - credits;
  return {
    kind,
    accountId: named.accountId,
    code: named.code,
    name: named.name,
    type: named.type,
    openingCents: normalSide(named.type) === "debit" ? openingDebits : -openingDebits,
    debitCents: debits,
    creditCents: credits,
    closingDebitCents: positive(closing),
    closingCreditCents: positive(-closing),
  };
}

function openingDebit(row: TrialBalanceRow): bigint {
  return normalSide(row.type) === "debit" ? row.openingCents : -row.openingCents;
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}

function isZero(row: TrialBalanceRow): boolean {
  return trialBalanceColumns.every((column) => row[column] === 0n);
}

function sum(rows: readonly TrialBalanceRow[], figure: (row: TrialBalanceRow) => bigint): bigint {
  return rows.reduce((total, row) => total + figure(row), 0n);
}
