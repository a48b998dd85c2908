import { answerExact } from "../../http/answers.ts";
import { mount, type Router } from "../../http/router.ts";
import { profitAndLossExample, trialBalanceExample } from "./examples.ts";
import { getProfitAndLoss } from "./get-profit-and-loss.ts";
import { getTrialBalance } from "./get-trial-balance.ts";
import { ProfitAndLossQuery, ProfitAndLossReport, TrialBalanceQuery, TrialBalanceReport } from "./schemas.ts";

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
}
