import { type AccountType, isTemporary, normalSide } from "../../../kernel/account-type.ts";
import { type AccountRow, accountRows, totalOf } from "./account-rows.ts";

/** What was posted to an account up to each column's day, and of that within the fiscal year of the day. */
export interface AccountPosition {
  readonly accountId: string;
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
  readonly parentId: string | null;
  readonly role: string | null;
  /** Debits less credits. */
  readonly toDate: readonly bigint[];
  readonly ofYear: readonly bigint[];
}

/** What no account has: earnings that were never closed into one. */
export interface ComputedRow {
  readonly kind: "computed";
  readonly key: "retainedEarningsPrior" | "netIncome";
  readonly accountId: null;
  readonly code: null;
  readonly name: string;
  readonly parentId: null;
  readonly depth: 0;
  readonly amountsCents: readonly bigint[];
  readonly rollupCents: readonly bigint[];
}

const sectionsInOrder = [
  { key: "assets.bank", label: "Bank accounts", type: "bank" },
  { key: "assets.accountsReceivable", label: "Accounts receivable", type: "accounts_receivable" },
  { key: "assets.otherCurrent", label: "Other current assets", type: "other_current_asset" },
  { key: "assets.fixed", label: "Fixed assets", type: "fixed_asset" },
  { key: "assets.other", label: "Other assets", type: "other_asset" },
  { key: "liabilities.accountsPayable", label: "Accounts payable", type: "accounts_payable" },
  { key: "liabilities.creditCard", label: "Credit cards", type: "credit_card" },
  { key: "liabilities.otherCurrent", label: "Other current liabilities", type: "other_current_liability" },
  { key: "liabilities.longTerm", label: "Long-term liabilities", type: "long_term_liability" },
  { key: "equity.accounts", label: "Equity", type: "equity" },
] as const satisfies readonly { readonly key: string; readonly label: string; readonly type: AccountType }[];

type SectionKey = (typeof sectionsInOrder)[number]["key"];
export const balanceSheetSections = sectionsInOrder.map(({ key }) => key) as [SectionKey, ...SectionKey[]];

export const balanceSheetTotals = [
  "totalCurrentAssets",
  "totalAssets",
  "totalCurrentLiabilities",
  "totalLiabilities",
  "retainedEarningsTotal",
  "totalEquity",
  "totalLiabilitiesAndEquity",
  "difference",
] as const;

export interface BalanceSheet {
  readonly sections: readonly {
    readonly key: SectionKey;
    readonly label: string;
    readonly rows: readonly (AccountRow | ComputedRow)[];
    readonly totalCents: readonly bigint[];
  }[];
  readonly totals: Readonly<Record<(typeof balanceSheetTotals)[number], readonly bigint[]>>;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}

/**
 * The balance sheet, in minor units, one figure a column, exact at any size; every amount on its section's normal side, contra negative.
 * No closing entry is needed: what revenue and expense accounts hold from before the fiscal year of a column's day is the computed row
 * `retainedEarningsPrior`, what they hold of it is `netIncome`, the profit and loss of the year to date (specs of bookkeeping 4.2).
 * `retainedEarningsTotal` is the first with the account that has the role of retained earnings. `difference` is assets less liabilities and equity: 0.
 */
export function balanceSheet(
  accounts: readonly AccountPosition[],
  options: { readonly columns: number; readonly includeZero: boolean },
): BalanceSheet {
  const { columns, includeZero } = options;
  const temporary = accounts.filter(({ type }) => isTemporary(type));
  const netIncome = sumOf(temporary, columns, ({ ofYear }, at) => -(ofYear[at] ?? 0n));
  const prior = sumOf(temporary, columns, ({ toDate, ofYear }, at) => (ofYear[at] ?? 0n) - (toDate[at] ?? 0n));
  const computed = [
    computedRow("retainedEarningsPrior", "Retained earnings of prior years", prior),
    computedRow("netIncome", "Net income of the year to date", netIncome),
  ].filter(({ amountsCents }) => includeZero || amountsCents.some((amount) => amount !== 0n));
  const sections = sectionsInOrder.map(({ key, label, type }) => {
    const sign = normalSide(type) === "debit" ? 1n : -1n;
    const own = accounts.filter((account) => account.type === type);
    const rows = accountRows(
      own.map((account) => ({ ...account, amounts: account.toDate.map((amount) => sign * amount) })),
      includeZero,
    );
    const total = totalOf(rows, columns);
    if (type !== "equity") return { key, label, rows, totalCents: total };
    return { key, label, rows: [...rows, ...computed], totalCents: add(total, prior, netIncome) };
  });
  const sumOfSections = (...keys: readonly SectionKey[]) =>
    sections.filter(({ key }) => keys.includes(key)).reduce((sum, { totalCents }) => add(sum, totalCents), zeros(columns));
  const totalCurrentAssets = sumOfSections("assets.bank", "assets.accountsReceivable", "assets.otherCurrent");
  const totalAssets = add(totalCurrentAssets, sumOfSections("assets.fixed", "assets.other"));
  const totalCurrentLiabilities = sumOfSections("liabilities.accountsPayable", "liabilities.creditCard", "liabilities.otherCurrent");
  const totalLiabilities = add(totalCurrentLiabilities, sumOfSections("liabilities.longTerm"));
  const totalEquity = sumOfSections("equity.accounts");
  const totalLiabilitiesAndEquity = add(totalLiabilities, totalEquity);
  const difference = totalAssets.map((amount, at) => amount - (totalLiabilitiesAndEquity[at] ?? 0n));
  const retained = accounts.filter(({ role }) => role === "retained_earnings");
  return {
    sections,
    totals: {
      totalCurrentAssets,
      totalAssets,
      totalCurrentLiabilities,
      totalLiabilities,
      retainedEarningsTotal: add(
        prior,
        sumOf(retained, columns, ({ toDate }, at) => -(toDate[at] ?? 0n)),
      ),
      totalEquity,
      totalLiabilitiesAndEquity,
      difference,
    },
    checks: [{ name: "assets_equal_liabilities_and_equity", ok: difference.every((amount) => amount === 0n) }],
  };
}

function computedRow(key: ComputedRow["key"], name: string, amounts: readonly bigint[]): ComputedRow {
  return {
    kind: "computed",
    key,
    accountId: null,
    code: null,
    name,
    parentId: null,
    depth: 0,
    amountsCents: amounts,
    rollupCents: amounts,
  };
}

function zeros(columns: number): bigint[] {
  return Array.from({ length: columns }, () => 0n);
}

function add(...figures: readonly (readonly bigint[])[]): bigint[] {
  return (figures[0] ?? []).map((_, at) => figures.reduce((sum, amounts) => sum + (amounts[at] ?? 0n), 0n));
}

function sumOf(accounts: readonly AccountPosition[], columns: number, figure: (account: AccountPosition, at: number) => bigint): bigint[] {
  return zeros(columns).map((_, at) => accounts.reduce((sum, account) => sum + figure(account, at), 0n));
}
