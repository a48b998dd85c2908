import type { z } from "@hono/zod-openapi";
import type { BalanceSheetReport, GeneralLedgerReport, ProfitAndLossReport, TrialBalanceReport } from "./schemas.ts";

export const trialBalanceExample = {
  report: "trial-balance",
  companyId: "01980c1e-7e0c-7abc-9def-0123456789ab",
  ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac",
  currency: "USD",
  basis: "accrual",
  asOf: "2026-06-30",
  period: { startDate: "2026-01-01", endDate: "2026-06-30" },
  fiscalYearStart: "2026-01-01",
  ledgerSequence: 1817,
  generatedAt: "2026-07-01T08:00:00.000Z",
  filters: { pnl: "fiscalYear", includeZero: false, knownAt: null },
  truncated: false,
  columns: [
    { key: "openingCents", kind: "opening", label: "Opening", endDate: "2025-12-31" },
    { key: "debitCents", kind: "turnover", label: "Debit", startDate: "2026-01-01", endDate: "2026-06-30" },
    { key: "creditCents", kind: "turnover", label: "Credit", startDate: "2026-01-01", endDate: "2026-06-30" },
    { key: "closingDebitCents", kind: "closing", label: "Closing debit", endDate: "2026-06-30" },
    { key: "closingCreditCents", kind: "closing", label: "Closing credit", endDate: "2026-06-30" },
  ],
  sections: [
    {
      key: "assets",
      label: "Assets",
      rows: [
        {
          kind: "account",
          accountId: "01980c1e-7e0c-8000-8000-400000000002",
          code: "1010",
          name: "Business Checking",
          type: "bank",
          openingCents: 1300000,
          debitCents: 80000,
          creditCents: 25000,
          closingDebitCents: 1355000,
          closingCreditCents: 0,
        },
      ],
      totalCents: [1300000, 80000, 25000, 1355000, 0],
    },
    { key: "liabilities", label: "Liabilities", rows: [], totalCents: [0, 0, 0, 0, 0] },
    {
      key: "equity",
      label: "Equity",
      rows: [
        {
          kind: "computed",
          key: "priorYearsEarnings",
          accountId: null,
          code: null,
          name: "Prior years' earnings",
          type: "equity",
          openingCents: 1300000,
          debitCents: 0,
          creditCents: 0,
          closingDebitCents: 0,
          closingCreditCents: 1300000,
        },
      ],
      totalCents: [1300000, 0, 0, 0, 1300000],
    },
    {
      key: "revenue",
      label: "Revenue",
      rows: [
        {
          kind: "account",
          accountId: "01980c1e-7e0c-8000-8000-400000000009",
          code: "4000",
          name: "Sales",
          type: "income",
          openingCents: 0,
          debitCents: 0,
          creditCents: 80000,
          closingDebitCents: 0,
          closingCreditCents: 80000,
        },
      ],
      totalCents: [0, 0, 80000, 0, 80000],
    },
    {
      key: "expenses",
      label: "Expenses",
      rows: [
        {
          kind: "account",
          accountId: "01980c1e-7e0c-8000-8000-40000000000b",
          code: "6100",
          name: "Office Supplies",
          type: "expense",
          openingCents: 0,
          debitCents: 25000,
          creditCents: 0,
          closingDebitCents: 25000,
          closingCreditCents: 0,
        },
      ],
      totalCents: [0, 25000, 0, 25000, 0],
    },
  ],
  totals: {
    openingDebitCents: 1300000,
    openingCreditCents: 1300000,
    debitCents: 105000,
    creditCents: 105000,
    closingDebitCents: 1380000,
    closingCreditCents: 1380000,
    priorYearsEarnings: 1300000,
    difference: 0,
  },
  checks: [
    { name: "opening_balances", ok: true },
    { name: "turnover_balances", ok: true },
    { name: "closing_balances", ok: true },
    { name: "sections_sum_to_totals", ok: true },
  ],
} satisfies z.input<typeof TrialBalanceReport>;

export const profitAndLossExample = {
  report: "profit-and-loss",
  companyId: "01980c1e-7e0c-7abc-9def-0123456789ab",
  ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac",
  currency: "USD",
  basis: "accrual",
  period: { startDate: "2026-01-01", endDate: "2026-06-30" },
  fiscalYearStart: "2026-01-01",
  ledgerSequence: 1817,
  generatedAt: "2026-07-01T08:00:00.000Z",
  filters: { columns: "total", compare: "previousYear", includeZero: false, knownAt: null },
  truncated: false,
  columns: [
    { key: "c0", kind: "period", startDate: "2026-01-01", endDate: "2026-06-30" },
    { key: "c1", kind: "previousYear", startDate: "2025-01-01", endDate: "2025-06-30" },
  ],
  sections: [
    {
      key: "income",
      label: "Income",
      rows: [
        {
          kind: "account",
          accountId: "01980c1e-7e0c-8000-8000-400000000011",
          code: "4000",
          name: "Sales",
          parentId: null,
          depth: 0,
          amountsCents: [1250000, 990000],
          rollupCents: [1250000, 990000],
        },
      ],
      totalCents: [1250000, 990000],
    },
    { key: "costOfGoodsSold", label: "Cost of goods sold", rows: [], totalCents: [0, 0] },
    {
      key: "expenses",
      label: "Expenses",
      rows: [
        {
          kind: "account",
          accountId: "01980c1e-7e0c-8000-8000-400000000012",
          code: "6120",
          name: "Rent",
          parentId: null,
          depth: 0,
          amountsCents: [360000, 340000],
          rollupCents: [360000, 340000],
        },
      ],
      totalCents: [360000, 340000],
    },
    { key: "otherIncome", label: "Other income", rows: [], totalCents: [0, 0] },
    { key: "otherExpenses", label: "Other expenses", rows: [], totalCents: [0, 0] },
  ],
  totals: {
    totalIncome: [1250000, 990000],
    totalCostOfGoodsSold: [0, 0],
    grossProfit: [1250000, 990000],
    totalExpenses: [360000, 340000],
    netOperatingIncome: [890000, 650000],
    totalOtherIncome: [0, 0],
    totalOtherExpenses: [0, 0],
    netOtherIncome: [0, 0],
    netIncome: [890000, 650000],
  },
  checks: [
    { name: "sections_sum_to_totals", ok: true },
    { name: "rollups_sum_to_totals", ok: true },
  ],
} satisfies z.input<typeof ProfitAndLossReport>;

const emptySection = (key: z.input<typeof BalanceSheetReport>["sections"][number]["key"], label: string) => ({
  key,
  label,
  rows: [],
  totalCents: [0],
});

export const balanceSheetExample = {
  report: "balance-sheet",
  companyId: "01980c1e-7e0c-7abc-9def-0123456789ab",
  ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac",
  currency: "USD",
  basis: "accrual",
  asOf: "2026-06-30",
  fiscalYearStart: "2026-01-01",
  ledgerSequence: 1817,
  generatedAt: "2026-07-01T08:00:00.000Z",
  filters: { startDate: null, columns: "total", compare: null, includeZero: false, knownAt: null },
  truncated: false,
  columns: [{ key: "c0", kind: "asOf", asOf: "2026-06-30" }],
  sections: [
    {
      key: "assets.bank",
      label: "Bank accounts",
      rows: [
        {
          kind: "account",
          accountId: "01980c1e-7e0c-8000-8000-400000000002",
          code: "1010",
          name: "Business Checking",
          parentId: null,
          depth: 0,
          amountsCents: [1355000],
          rollupCents: [1355000],
        },
      ],
      totalCents: [1355000],
    },
    emptySection("assets.accountsReceivable", "Accounts receivable"),
    emptySection("assets.otherCurrent", "Other current assets"),
    emptySection("assets.fixed", "Fixed assets"),
    emptySection("assets.other", "Other assets"),
    emptySection("liabilities.accountsPayable", "Accounts payable"),
    emptySection("liabilities.creditCard", "Credit cards"),
    emptySection("liabilities.otherCurrent", "Other current liabilities"),
    emptySection("liabilities.longTerm", "Long-term liabilities"),
    {
      key: "equity.accounts",
      label: "Equity",
      rows: [
        {
          kind: "computed",
          key: "retainedEarningsPrior",
          accountId: null,
          code: null,
          name: "Retained earnings of prior years",
          parentId: null,
          depth: 0,
          amountsCents: [1300000],
          rollupCents: [1300000],
        },
        {
          kind: "computed",
          key: "netIncome",
          accountId: null,
          code: null,
          name: "Net income of the year to date",
          parentId: null,
          depth: 0,
          amountsCents: [55000],
          rollupCents: [55000],
        },
      ],
      totalCents: [1355000],
    },
  ],
  totals: {
    totalCurrentAssets: [1355000],
    totalAssets: [1355000],
    totalCurrentLiabilities: [0],
    totalLiabilities: [0],
    retainedEarningsTotal: [1300000],
    totalEquity: [1355000],
    totalLiabilitiesAndEquity: [1355000],
    difference: [0],
  },
  checks: [{ name: "assets_equal_liabilities_and_equity", ok: true }],
} satisfies z.input<typeof BalanceSheetReport>;

export const generalLedgerExample = {
  report: "general-ledger",
  companyId: "01980c1e-7e0c-7abc-9def-0123456789ab",
  ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac",
  currency: "USD",
  basis: "accrual",
  period: { startDate: "2026-01-01", endDate: "2026-06-30" },
  fiscalYearStart: "2026-01-01",
  ledgerSequence: 1817,
  generatedAt: "2026-07-01T08:00:00.000Z",
  filters: { accountId: null, pnl: "fiscalYear", includeZero: false, knownAt: null },
  truncated: false,
  accounts: [
    {
      kind: "account",
      accountId: "01980c1e-7e0c-8000-8000-400000000002",
      code: "1010",
      name: "Business Checking",
      type: "bank",
      continued: false,
      continues: false,
      openingBalanceCents: 1300000,
      lines: [
        {
          journalEntryId: "01980c1e-7e0c-8000-8000-400000000012",
          lineNo: 2,
          date: "2026-06-08",
          sequence: 18,
          description: "Office supplies",
          reference: "office-depot-1001",
          memo: "card 4417",
          contactId: null,
          counterAccountIds: ["01980c1e-7e0c-8000-8000-40000000000b"],
          debitCents: 0,
          creditCents: 4299,
          balanceCents: 1295701,
          voided: false,
          source: { type: "api", id: null },
        },
      ],
      totalDebitCents: 0,
      totalCreditCents: 4299,
      closingBalanceCents: 1295701,
    },
  ],
  checks: [
    { name: "running_balances_reach_closing", ok: true },
    { name: "lines_sum_to_totals", ok: true },
  ],
  totalCount: 12,
  hasMore: true,
  nextCursor: "eyJ2IjoxfQ.c2lnbmF0dXJl",
} satisfies z.input<typeof GeneralLedgerReport>;

/** The lines of a file, as RFC 4180 ends them. */
function csv(text: string): string {
  return `${text.trim().replaceAll("\n", "\r\n")}\r\n`;
}

export const trialBalanceCsv = csv(`
kind,section,key,currency,accountId,code,name,type,openingCents,debitCents,creditCents,closingDebitCents,closingCreditCents
account,assets,,USD,01980c1e-7e0c-8000-8000-400000000002,1010,Business Checking,bank,1300000,80000,25000,1355000,0
sectionTotal,assets,,USD,,,Total assets,,1300000,80000,25000,1355000,0
sectionTotal,liabilities,,USD,,,Total liabilities,,0,0,0,0,0
computed,equity,priorYearsEarnings,USD,,,Prior years' earnings,equity,1300000,0,0,0,1300000
sectionTotal,equity,,USD,,,Total equity,,1300000,0,0,0,1300000
account,revenue,,USD,01980c1e-7e0c-8000-8000-400000000009,4000,Sales,income,0,0,80000,0,80000
sectionTotal,revenue,,USD,,,Total revenue,,0,0,80000,0,80000
account,expenses,,USD,01980c1e-7e0c-8000-8000-40000000000b,6100,Office Supplies,expense,0,25000,0,25000,0
sectionTotal,expenses,,USD,,,Total expenses,,0,25000,0,25000,0
total,,,USD,,,Total,,,105000,105000,1380000,1380000
`);

export const profitAndLossCsv = csv(`
kind,section,key,currency,accountId,code,name,parentId,depth,amountsCents 2026-01-01 to 2026-06-30,amountsCents previous year 2025-01-01 to 2025-06-30,rollupCents 2026-01-01 to 2026-06-30,rollupCents previous year 2025-01-01 to 2025-06-30
account,income,,USD,01980c1e-7e0c-8000-8000-400000000011,4000,Sales,,0,1250000,990000,1250000,990000
sectionTotal,income,,USD,,,Total income,,,1250000,990000,1250000,990000
sectionTotal,costOfGoodsSold,,USD,,,Total cost of goods sold,,,0,0,0,0
account,expenses,,USD,01980c1e-7e0c-8000-8000-400000000012,6120,Rent,,0,360000,340000,360000,340000
sectionTotal,expenses,,USD,,,Total expenses,,,360000,340000,360000,340000
sectionTotal,otherIncome,,USD,,,Total other income,,,0,0,0,0
sectionTotal,otherExpenses,,USD,,,Total other expenses,,,0,0,0,0
total,,totalIncome,USD,,,Total income,,,1250000,990000,1250000,990000
total,,totalCostOfGoodsSold,USD,,,Total cost of goods sold,,,0,0,0,0
total,,grossProfit,USD,,,Gross profit,,,1250000,990000,1250000,990000
total,,totalExpenses,USD,,,Total expenses,,,360000,340000,360000,340000
total,,netOperatingIncome,USD,,,Net operating income,,,890000,650000,890000,650000
total,,totalOtherIncome,USD,,,Total other income,,,0,0,0,0
total,,totalOtherExpenses,USD,,,Total other expenses,,,0,0,0,0
total,,netOtherIncome,USD,,,Net other income,,,0,0,0,0
total,,netIncome,USD,,,Net income,,,890000,650000,890000,650000
`);

export const balanceSheetCsv = csv(`
kind,section,key,currency,accountId,code,name,parentId,depth,amountsCents 2026-06-30,rollupCents 2026-06-30
account,assets.bank,,USD,01980c1e-7e0c-8000-8000-400000000002,1010,Business Checking,,0,1355000,1355000
sectionTotal,assets.bank,,USD,,,Total bank accounts,,,1355000,1355000
sectionTotal,assets.accountsReceivable,,USD,,,Total accounts receivable,,,0,0
sectionTotal,assets.otherCurrent,,USD,,,Total other current assets,,,0,0
sectionTotal,assets.fixed,,USD,,,Total fixed assets,,,0,0
sectionTotal,assets.other,,USD,,,Total other assets,,,0,0
sectionTotal,liabilities.accountsPayable,,USD,,,Total accounts payable,,,0,0
sectionTotal,liabilities.creditCard,,USD,,,Total credit cards,,,0,0
sectionTotal,liabilities.otherCurrent,,USD,,,Total other current liabilities,,,0,0
sectionTotal,liabilities.longTerm,,USD,,,Total long-term liabilities,,,0,0
computed,equity.accounts,retainedEarningsPrior,USD,,,Retained earnings of prior years,,0,1300000,1300000
computed,equity.accounts,netIncome,USD,,,Net income of the year to date,,0,55000,55000
sectionTotal,equity.accounts,,USD,,,Total equity,,,1355000,1355000
total,,totalCurrentAssets,USD,,,Total current assets,,,1355000,1355000
total,,totalAssets,USD,,,Total assets,,,1355000,1355000
total,,totalCurrentLiabilities,USD,,,Total current liabilities,,,0,0
total,,totalLiabilities,USD,,,Total liabilities,,,0,0
total,,retainedEarningsTotal,USD,,,Retained earnings total,,,1300000,1300000
total,,totalEquity,USD,,,Total equity,,,1355000,1355000
total,,totalLiabilitiesAndEquity,USD,,,Total liabilities and equity,,,1355000,1355000
total,,difference,USD,,,Difference,,,0,0
`);

export const generalLedgerCsv = csv(`
kind,currency,accountId,code,name,type,date,journalEntryId,lineNo,sequence,description,reference,memo,contactId,counterAccountIds,voided,sourceType,sourceId,debitCents,creditCents,balanceCents
opening,USD,01980c1e-7e0c-8000-8000-400000000002,1010,Business Checking,bank,,,,,,,,,,,,,,,1300000
line,USD,01980c1e-7e0c-8000-8000-400000000002,1010,Business Checking,bank,2026-06-08,01980c1e-7e0c-8000-8000-400000000012,2,18,Office supplies,office-depot-1001,card 4417,,01980c1e-7e0c-8000-8000-40000000000b,false,api,,0,4299,1295701
closing,USD,01980c1e-7e0c-8000-8000-400000000002,1010,Business Checking,bank,,,,,,,,,,,,,0,4299,1295701
`);
