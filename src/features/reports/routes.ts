import { answerExact } from "../../http/answers.ts";
import { mount, type Router } from "../../http/router.ts";
import { filtersOf } from "../../operation/ledger-page.ts";
import { readPage } from "../../operation/page.ts";
import { answerCsv } from "../../platform/csv.ts";
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

export function registerReportRoutes(router: Router): void {
  mount(
    router,
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
    async (context, { query, entityId }) => answerReport(await getTrialBalance(context, entityId, query), query.format, trialBalanceFile),
  );
  mount(
    router,
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
    async (context, { query, entityId }) => answerReport(await getProfitAndLoss(context, entityId, query), query.format, profitAndLossFile),
  );
  mount(
    router,
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
    async (context, { query, entityId }) => answerReport(await getBalanceSheet(context, entityId, query), query.format, balanceSheetFile),
  );
  mount(
    router,
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
    async (context, { query, entityId }) => {
      if (query.format === "csv") return answerCsv(await getGeneralLedgerFile(context, entityId, query));
      const filter = filtersOf(query);
      const page = readPage(context, query, {
        list: "general-ledger",
        sorts: ["code"],
        direction: "asc",
        filters: { ...filter, entityId },
      });
      return answerExact(await getGeneralLedger(context, entityId, filter, page));
    },
  );
}

/** The report as JSON, or as the file that is made of it. */
function answerReport<Report>(report: Report, format: "json" | "csv", fileOf: (report: Report) => ReportFile): Response {
  return format === "csv" ? answerCsv(fileOf(report)) : answerExact(report);
}
