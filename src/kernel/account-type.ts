export type Side = "debit" | "credit";
export type AccountClass = "asset" | "liability" | "equity" | "revenue" | "expense";

/**
 * The 15 account types of the QuickBooks and Merge interchange set, each with its class, and so its normal side
 * (debit for assets and expenses, credit for liabilities, equity and revenue) and its place in the statements.
 */
const accountTypes = {
  bank: "asset",
  accounts_receivable: "asset",
  other_current_asset: "asset",
  fixed_asset: "asset",
  other_asset: "asset",
  accounts_payable: "liability",
  credit_card: "liability",
  other_current_liability: "liability",
  long_term_liability: "liability",
  equity: "equity",
  income: "revenue",
  other_income: "revenue",
  cost_of_goods_sold: "expense",
  expense: "expense",
  other_expense: "expense",
} as const satisfies Record<string, AccountClass>;

export type AccountType = keyof typeof accountTypes;
export const accountTypeNames = Object.keys(accountTypes) as [AccountType, ...AccountType[]];

export function classOf(type: AccountType): AccountClass {
  return accountTypes[type];
}

export function normalSide(type: AccountType): Side {
  const accountClass = accountTypes[type];
  return accountClass === "asset" || accountClass === "expense" ? "debit" : "credit";
}

/** Whether accounts of the type start each fiscal year at zero in reports: revenue and expense. */
export function isTemporary(type: AccountType): boolean {
  const accountClass = accountTypes[type];
  return accountClass === "revenue" || accountClass === "expense";
}

/** The type that stands for a whole class where only the class is known. */
export const generalType: Record<AccountClass, AccountType> = {
  asset: "other_current_asset",
  liability: "other_current_liability",
  equity: "equity",
  revenue: "income",
  expense: "expense",
};
