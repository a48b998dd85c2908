import { type AccountType, normalSide } from "../../../kernel/account-type.ts";
import { type AccountRow, accountRows, totalOf } from "./account-rows.ts";

/** What was posted to an account in each column. */
export interface AccountFlow {
  readonly accountId: string;
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
  readonly parentId: string | null;
  readonly debits: readonly bigint[];
  readonly credits: readonly bigint[];
}

export const profitAndLossSections = ["income", "costOfGoodsSold", "expenses", "otherIncome", "otherExpenses"] as const;
type SectionKey = (typeof profitAndLossSections)[number];

const sectionsInOrder: readonly { readonly key: SectionKey; readonly label: string; readonly type: AccountType }[] = [
  { key: "income", label: "Income", type: "income" },
  { key: "costOfGoodsSold", label: "Cost of goods sold", type: "cost_of_goods_sold" },
  { key: "expenses", label: "Expenses", type: "expense" },
  { key: "otherIncome", label: "Other income", type: "other_income" },
  { key: "otherExpenses", label: "Other expenses", type: "other_expense" },
];

export const profitAndLossTotals = [
  "totalIncome",
  "totalCostOfGoodsSold",
  "grossProfit",
  "totalExpenses",
  "netOperatingIncome",
  "totalOtherIncome",
  "totalOtherExpenses",
  "netOtherIncome",
  "netIncome",
] as const;

export interface ProfitAndLoss {
  readonly sections: readonly {
    readonly key: SectionKey;
    readonly label: string;
    readonly rows: readonly AccountRow[];
    readonly totalCents: readonly bigint[];
  }[];
  readonly totals: Readonly<Record<(typeof profitAndLossTotals)[number], readonly bigint[]>>;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}

/**
 * Profit and loss, in minor units, one figure a column, exact at any size: gross profit = income − cost of goods sold; net operating income = gross
 * profit − expenses; net income = net operating income + other income − other expenses. Every amount is on its section's normal side, contra negative.
 * Accounts that are no revenue or expense are left out; the others stay in the order in which they are given.
 */
export function profitAndLoss(
  accounts: readonly AccountFlow[],
  options: { readonly columns: number; readonly includeZero: boolean },
): ProfitAndLoss {
  const { columns, includeZero } = options;
  const sections = sectionsInOrder.map(({ key, label, type }) => {
    const own = accounts.filter((account) => account.type === type).map((account) => ({ ...account, amounts: amountsOf(account) }));
    const rows = accountRows(own, includeZero);
    return { key, label, rows, totalCents: totalOf(rows, columns) };
  });
  const [totalIncome = [], totalCostOfGoodsSold = [], totalExpenses = [], totalOtherIncome = [], totalOtherExpenses = []] = sections.map(
    ({ totalCents }) => totalCents,
  );
  const grossProfit = less(totalIncome, totalCostOfGoodsSold);
  const netOperatingIncome = less(grossProfit, totalExpenses);
  const netOtherIncome = less(totalOtherIncome, totalOtherExpenses);
  const netIncome = netOperatingIncome.map((amount, at) => amount + (netOtherIncome[at] ?? 0n));
  const temporary = accounts.filter(({ type }) => sectionsInOrder.some((section) => section.type === type));
  const earned = Array.from({ length: columns }, (_, at) =>
    temporary.reduce((sum, { debits, credits }) => sum + (credits[at] ?? 0n) - (debits[at] ?? 0n), 0n),
  );
  return {
    sections,
    totals: {
      totalIncome,
      totalCostOfGoodsSold,
      grossProfit,
      totalExpenses,
      netOperatingIncome,
      totalOtherIncome,
      totalOtherExpenses,
      netOtherIncome,
      netIncome,
    },
    checks: [
      { name: "sections_sum_to_totals", ok: isSame(netIncome, earned) },
      {
        name: "rollups_sum_to_totals",
        ok: sections.every(({ rows, totalCents }) =>
          isSame(
            totalCents,
            totalCents.map((_, at) => rows.reduce((sum, row) => sum + (row.depth === 0 ? (row.rollupCents[at] ?? 0n) : 0n), 0n)),
          ),
        ),
      },
    ],
  };
}

function amountsOf({ type, debits, credits }: AccountFlow): bigint[] {
  const sign = normalSide(type) === "debit" ? 1n : -1n;
  return debits.map((debit, at) => sign * (debit - (credits[at] ?? 0n)));
}

function less(from: readonly bigint[], amounts: readonly bigint[]): bigint[] {
  return from.map((amount, at) => amount - (amounts[at] ?? 0n));
}

function isSame(these: readonly bigint[], those: readonly bigint[]): boolean {
  return these.length === those.length && these.every((amount, at) => amount === those[at]);
}
