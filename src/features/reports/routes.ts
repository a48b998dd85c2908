import { answerCsv, answerExact } from "../../http/answers.ts";
import { type Route, route } from "../../http/route.ts";
import {
  balanceSheetCsv,
  balanceSheetExample,
  generalLedgerCsv,
  generalLedgerExample,
  profitAndLossCsv,
  profitAndLossExample,
  trialBalanceCsv,
  trialBalanceExample,
} from "./examples.ts";
import { getBalanceSheet } from "./get-balance-sheet.ts";
import { getGeneralLedger } from "./get-general-ledger.ts";
import { getGeneralLedgerFile } from "./get-general-ledger-file.ts";
import { getProfitAndLoss } from "./get-profit-and-loss.ts";
import { getTrialBalance } from "./get-trial-balance.ts";
import { balanceSheetFile, profitAndLossFile, type ReportFile, trialBalanceFile } from "./report-files.ts";
import {
  BalanceSheetQuery,
  BalanceSheetReport,
  GeneralLedgerQuery,
  GeneralLedgerReport,
  ProfitAndLossQuery,
  ProfitAndLossReport,
  TrialBalanceQuery,
  TrialBalanceReport,
} from "./schemas.ts";

export const reportRoutes: readonly Route[] = [
  route(
    {
      operationId: "getTrialBalance",
      method: "get",
      path: "/reports/trial-balance",
      tag: "Reports",
      summary: "The trial balance of a ledger on a day",
      description:
        "Opening balances of the fiscal year that holds asOf, its turnover up to asOf, and closing balances. Revenue and expense accounts start the fiscal year at zero; what prior years earned is the computed row priorYearsEarnings.",
      permission: "read",
      entity: true,
      query: TrialBalanceQuery,
      answers: {
        200: { description: "The report.", schema: TrialBalanceReport, example: trialBalanceExample, csvExample: trialBalanceCsv },
      },
      refusals: ["REFERENCE_NOT_FOUND", "OVERLOADED"],
    },
    (context, { query, entityId }) => getTrialBalance(context, entityId, query),
    (report, { query }) => answerReport(report, query.format, trialBalanceFile),
  ),
  route(
    {
      operationId: "getProfitAndLoss",
      method: "get",
      path: "/reports/profit-and-loss",
      tag: "Reports",
      summary: "Profit and loss of a ledger between two days",
      description:
        "Income, cost of goods sold, expenses, other income and other expenses with their accounts, and what they come to: gross profit, net operating income, net income. In one column, in months, quarters or years, or beside the period or the year before.",
      permission: "read",
      entity: true,
      query: ProfitAndLossQuery,
      answers: {
        200: { description: "The report.", schema: ProfitAndLossReport, example: profitAndLossExample, csvExample: profitAndLossCsv },
      },
      refusals: ["REFERENCE_NOT_FOUND", "OVERLOADED"],
    },
    (context, { query, entityId }) => getProfitAndLoss(context, entityId, query),
    (report, { query }) => answerReport(report, query.format, profitAndLossFile),
  ),
  route(
    {
      operationId: "getBalanceSheet",
      method: "get",
      path: "/reports/balance-sheet",
      tag: "Reports",
      summary: "The balance sheet of a ledger on a day",
      description:
        "Assets, liabilities and equity with their accounts, on a day or on the last day of each of several periods. Needs no closing entry: what prior years earned and what this year earned so far are computed rows of equity.",
      permission: "read",
      entity: true,
      query: BalanceSheetQuery,
      answers: {
        200: { description: "The report.", schema: BalanceSheetReport, example: balanceSheetExample, csvExample: balanceSheetCsv },
      },
      refusals: ["REFERENCE_NOT_FOUND", "OVERLOADED"],
    },
    (context, { query, entityId }) => getBalanceSheet(context, entityId, query),
    (report, { query }) => answerReport(report, query.format, balanceSheetFile),
  ),
  route(
    {
      operationId: "getGeneralLedger",
      method: "get",
      path: "/reports/general-ledger",
      tag: "Reports",
      summary: "The general ledger between two days",
      description:
        "Every account with its opening balance, its lines with the running balance, and its closing balance, in order of the accounts' codes. In pages: each repeats the opening balance of an account that it continues, and all are of the books as the first page knew them, whatever is posted meanwhile.",
      permission: "read",
      entity: true,
      query: GeneralLedgerQuery,
      answers: {
        200: {
          description: "A page of the report.",
          schema: GeneralLedgerReport,
          example: generalLedgerExample,
          csvExample: generalLedgerCsv,
        },
      },
      refusals: ["REFERENCE_NOT_FOUND", "INVALID_CURSOR", "REPORT_TOO_LARGE", "OVERLOADED"],
    },
    async (context, { query, entityId }) =>
      query.format === "csv" ? await getGeneralLedgerFile(context, entityId, query) : await getGeneralLedger(context, entityId, query),
    (report) => ("table" in report ? answerCsv(report) : answerExact(report)),
  ),
];

/** The report as JSON, or as the file that is made of it. */
function answerReport<Report>(report: Report, format: "json" | "csv", fileOf: (report: Report) => ReportFile): Response {
  return format === "csv" ? answerCsv(fileOf(report)) : answerExact(report);
}
