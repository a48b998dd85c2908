import { z } from "@hono/zod-openapi";
import { answerText } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { mount, type Router } from "../../http/router.ts";
import { filtersOf, ledgerPage, pageText } from "../../operation/ledger-page.ts";
import { readPage } from "../../operation/page.ts";
import { JournalLinePage } from "../journal/index.ts";
import { balanceExample, historyExample, runningLineExample } from "./examples.ts";
import { getBalance } from "./get-balance.ts";
import { getBalanceHistory } from "./get-balance-history.ts";
import { listAccountLines } from "./list-account-lines.ts";
import { listBalances } from "./list-balances.ts";
import {
  AccountLinesQuery,
  accountLineSorts,
  Balance,
  BalanceHistory,
  BalanceHistoryQuery,
  BalancePage,
  BalancesQuery,
  balanceSorts,
  PointInBooksQuery,
} from "./schemas.ts";

const tag = "Balances";
const params = z.object({ id: idField });
const linesList = { list: "account-lines", sorts: accountLineSorts, direction: "asc" } as const;
const balancesList = { list: "balances", sorts: balanceSorts, direction: "asc" } as const;

export function registerBalanceRoutes(router: Router): void {
  mount(
    router,
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
    async (context, { params, query }, c) => answerText(await getBalance(context, params.id, c.get("scope").entityId, query)),
  );
  mount(
    router,
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
    async (context, { params, query }, c) => answerText(await getBalanceHistory(context, params.id, c.get("scope").entityId, query)),
  );
  mount(
    router,
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
          example: { data: [runningLineExample], totalCount: 1, hasMore: false, nextCursor: null },
        },
      },
      refusals: ["INVALID_CURSOR", "OVERLOADED"],
    },
    async (context, { params, query }, c) => {
      const filters = filtersOf(query);
      const page = readPage(context, query, { ...linesList, filters: { ...filters, accountId: params.id } });
      return answerText(pageText(page, await listAccountLines(context, params.id, c.get("scope").entityId, filters, ledgerPage(page))));
    },
  );
  mount(
    router,
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
          example: { data: [balanceExample], totalCount: 1, hasMore: false, nextCursor: null },
        },
      },
      refusals: ["REFERENCE_NOT_FOUND", "INVALID_CURSOR", "OVERLOADED"],
    },
    async (context, { query, entityId }) => {
      const filters = filtersOf(query);
      const page = readPage(context, query, { ...balancesList, filters: { ...filters, entityId } });
      return answerText(pageText(page, await listBalances(context, entityId, filters, page)));
    },
  );
}
