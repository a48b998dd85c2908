import { answerExact } from "../../http/answers.ts";
import { mount, type Router } from "../../http/router.ts";
import { balanceSheetExample, profitAndLossExample, trialBalanceExample } from "./examples.ts";
import { getBalanceSheet } from "./get-balance-sheet.ts";
import { getProfitAndLoss } from "./get-profit-and-loss.ts";
import { getTrialBalance } from "./get-trial-balance.ts";
import {
  BalanceSheetQuery,
  BalanceSheetReport,
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
      answers: { 200: { description: "The report.", schema: TrialBalanceReport, example: trialBalanceExample } },
      refusals: ["REFERENCE_NOT_FOUND", "OVERLOADED"],
    },
    async (context, { query, entityId }) => answerExact(await getTrialBalance(context, entityId, query)),
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
      answers: { 200: { description: "The report.", schema: ProfitAndLossReport, example: profitAndLossExample } },
      refusals: ["REFERENCE_NOT_FOUND", "OVERLOADED"],
    },
    async (context, { query, entityId }) => answerExact(await getProfitAndLoss(context, entityId, query)),
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
      answers: { 200: { description: "The report.", schema: BalanceSheetReport, example: balanceSheetExample } },
      refusals: ["REFERENCE_NOT_FOUND", "OVERLOADED"],
    },
    async (context, { query, entityId }) => answerExact(await getBalanceSheet(context, entityId, query)),
  );
}
