/** The parts that accounts play in their books: engines find them by role, so that names and codes stay their owner's. */
export const accountRoles = [
  "accounts_receivable",
  "accounts_payable",
  "undeposited_funds",
  "retained_earnings",
  "opening_balance_equity",
  "uncategorized_income",
  "uncategorized_expense",
  "sales_tax_payable",
  "suspense_bank",
  "rounding",
] as const;
export type AccountRole = (typeof accountRoles)[number];
