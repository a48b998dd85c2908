import { accountsOf, type ChartAccount } from "./chart.ts";

/** A platform that keeps its customers' money: safeguarded funds apart from its own, wallets as liabilities, payments under way in clearing accounts. */
export const walletPlatform: readonly ChartAccount[] = [
  ...accountsOf("bank", [
    ["1000", "Safeguarded Customer Funds", "safeguarding", { note: "Never less than Customer Wallets and money under way to customers." }],
    ["1010", "Operating Account", "checking"],
    ["1090", "Bank Suspense", "clearing", { role: "suspense_bank", note: "Bank movements whose other side is not known yet." }],
  ]),
  ...accountsOf("accounts_receivable", [["1100", "Accounts Receivable", "trade_receivables", { role: "accounts_receivable" }]]),
  ...accountsOf("other_current_asset", [
    ["1200", "Settlements Receivable", "settlements", { note: "Paid in by customers, owed by processors." }],
    ["1201", "Card Processor Receivable", "settlements", { under: "1200" }],
    ["1202", "Bank Transfer Clearing", "settlements", { under: "1200" }],
    ["1210", "Undeposited Funds", "undeposited_funds", { role: "undeposited_funds" }],
    ["1220", "Chargebacks Receivable", "chargebacks"],
    ["1230", "Prepaid Expenses", "prepaid_expenses"],
  ]),
  ...accountsOf("accounts_payable", [["2000", "Accounts Payable", "trade_payables", { role: "accounts_payable" }]]),
  ...accountsOf("other_current_liability", [
    ["2100", "Customer Wallets", "customer_funds", { note: "The parent of every customer's own account." }],
    ["2110", "Merchant Balances", "customer_funds"],
    ["2120", "Payouts in Transit", "payouts", { note: "Taken from wallets, not yet out of the bank." }],
    ["2130", "Unallocated Receipts", "unallocated", { note: "Received for customers who are not identified yet." }],
    ["2140", "Chargeback Reserve", "reserves"],
    ["2150", "Promotional Credits Outstanding", "promotions"],
    ["2200", "Sales Tax Payable", "sales_tax", { role: "sales_tax_payable" }],
    ["2210", "Accrued Expenses", "accrued_liabilities"],
  ]),
  ...accountsOf("equity", [
    ["3000", "Share Capital", "share_capital"],
    ["3100", "Retained Earnings", "retained_earnings", { role: "retained_earnings" }],
    ["3900", "Opening Balance Equity", "opening_balance_equity", { role: "opening_balance_equity" }],
  ]),
  ...accountsOf("income", [
    ["4000", "Transaction Fees", "fees"],
    ["4010", "Subscription Fees", "subscription_revenue"],
    ["4020", "Interchange Income", "interchange"],
    ["4900", "Uncategorized Income", "uncategorized", { role: "uncategorized_income" }],
  ]),
  ...accountsOf("cost_of_goods_sold", [
    ["5000", "Processor Fees", "payment_processing"],
    ["5010", "Bank and Scheme Fees", "payment_processing"],
    ["5020", "Fraud and Chargeback Losses", "losses"],
  ]),
  ...accountsOf("expense", [
    ["6000", "Promotions and Rewards", "promotions"],
    ["6010", "Operating Expenses", "general"],
    ["6900", "Uncategorized Expense", "uncategorized", { role: "uncategorized_expense" }],
  ]),
  ...accountsOf("other_income", [["7000", "Interest on Safeguarded Funds", "interest_income"]]),
  ...accountsOf("other_expense", [
    ["8000", "Foreign Exchange Differences", "exchange_losses"],
    ["8900", "Rounding", "rounding", { role: "rounding", note: "Differences of less than a unit that rounding leaves." }],
  ]),
];
