import { answerExact } from "../../http/answers.ts";
import { mount, type Router } from "../../http/router.ts";
import { trialBalanceExample } from "./examples.ts";
import { getTrialBalance } from "./get-trial-balance.ts";
import { TrialBalanceQuery, TrialBalanceReport } from "./schemas.ts";

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
}
