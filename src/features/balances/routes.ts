import { z } from "@hono/zod-openapi";
import { answerPage, answerText } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import { JournalLinePage } from "../journal/index.ts";
import { balanceExample, historyExample, runningLineExample } from "./examples.ts";
import { getBalance } from "./get-balance.ts";
import { getBalanceHistory } from "./get-balance-history.ts";
import { listAccountLines } from "./list-account-lines.ts";
import { listBalances } from "./list-balances.ts";
import {
  AccountLinesQuery,
  Balance,
  BalanceHistory,
  BalanceHistoryQuery,
  BalancePage,
  BalancesQuery,
  PointInBooksQuery,
} from "./schemas.ts";

const tag = "Balances";
const params = z.object({ id: idField });

export const balanceRoutes: readonly Route[] = [
  route(
    {
      operationId: "getBalance",
      method: "get",
      path: "/accounts/{id}/balance",
      tag,
      summary: "The balance of an account, now or at a point in the books",
      description:
        "`asOf` counts what is dated up to a day, `knownAt` what was known at a sequence; together they give the balance of a day as it was once known.",
      permission: "read",
      params,
      query: PointInBooksQuery,
      answers: { 200: { description: "The balance.", schema: Balance, example: balanceExample } },
      refusals: ["OVERLOADED"],
    },
    (context, { params, query, companyId }) => getBalance(context, params.id, companyId, query),
    (text) => answerText(text),
  ),
  route(
    {
      operationId: "getBalanceHistory",
      method: "get",
      path: "/accounts/{id}/balance-history",
      tag,
      summary: "The balance of an account at the end of each day, week or month",
      permission: "read",
      params,
      query: BalanceHistoryQuery,
      answers: { 200: { description: "The balances.", schema: BalanceHistory, example: historyExample } },
      refusals: ["OVERLOADED"],
    },
    (context, { params, query, companyId }) => getBalanceHistory(context, params.id, companyId, query),
    (text) => answerText(text),
  ),
  route(
    {
      operationId: "listAccountLines",
      method: "get",
      path: "/accounts/{id}/lines",
      tag,
      summary: "List the lines of an account with its running balance",
      description: "In date order each line tells the running balance after it; in order of sequence, `balanceAfter` does.",
      permission: "read",
      params,
      query: AccountLinesQuery,
      answers: {
        200: {
          description: "A page of lines.",
          schema: JournalLinePage,
          example: pageExample(runningLineExample),
        },
      },
      refusals: ["INVALID_CURSOR", "OVERLOADED"],
    },
    (context, { params, query, companyId }) => listAccountLines(context, params.id, companyId, query),
    (page) => answerPage(page),
  ),
  route(
    {
      operationId: "listBalances",
      method: "get",
      path: "/balances",
      tag,
      summary: "List the balances of a ledger's accounts",
      permission: "read",
      entity: true,
      query: BalancesQuery,
      answers: {
        200: {
          description: "A page of balances.",
          schema: BalancePage,
          example: pageExample(balanceExample),
        },
      },
      refusals: ["REFERENCE_NOT_FOUND", "INVALID_CURSOR", "OVERLOADED"],
    },
    (context, { query, entityId }) => listBalances(context, entityId, query),
    (page) => answerPage(page),
  ),
];
