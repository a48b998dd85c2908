import { z } from "@hono/zod-openapi";
import { answer, answerNothing, answerWrite } from "../../http/answers.ts";
import { etagOf } from "../../http/etag.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import { ledgerRefusals } from "../ledgers/index.ts";
import { createAccount } from "./create-account.ts";
import { deleteAccount } from "./delete-account.ts";
import { getAccount } from "./get-account.ts";
import { importAccounts } from "./import-accounts.ts";
import { listAccounts } from "./list-accounts.ts";
import {
  Account,
  AccountList,
  accountExample,
  ChartRow,
  CreateAccountRequest,
  ImportAccountsRequest,
  ImportedAccounts,
  ListAccountsQuery,
  UpdateAccountRequest,
} from "./schemas.ts";
import { updateAccount } from "./update-account.ts";

const byId = z.object({ id: idField });

export const accountRoutes: readonly Route[] = [
  route(
    {
      operationId: "listAccounts",
      method: "get",
      path: "/accounts",
      tag: "Accounts",
      summary: "List a ledger's accounts",
      description:
        "Of the ledger named by `ledgerId`, or by entity and `currency`; by default the functional one. Balances are at `/balances`.",
      permission: "read",
      entity: true,
      query: ListAccountsQuery,
      answers: {
        200: {
          description: "A page of accounts.",
          schema: AccountList,
          example: pageExample(accountExample),
        },
      },
      refusals: ["INVALID_CURSOR", "REFERENCE_NOT_FOUND"],
    },
    (context, { entityId, query }) => listAccounts(context, entityId, query),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "createAccount",
      method: "post",
      path: "/accounts",
      tag: "Accounts",
      summary: "Open an account",
      permission: "catalogue:write",
      entity: true,
      idempotency: "accepted",
      body: CreateAccountRequest,
      bodyExample: { code: "1010", name: "Business Checking", type: "bank", subtype: "checking" },
      answers: {
        201: { description: "The account.", schema: Account, example: accountExample },
      },
      refusals: ["CODE_TAKEN", "EXTERNAL_ID_TAKEN", "REFERENCE_NOT_FOUND", "ACCOUNT_PARENT_INVALID", "BALANCE_LIMIT", ...ledgerRefusals],
    },
    (context, { entityId, body }) => createAccount(context, entityId, body),
    (written) => answerWrite(written, { status: 201, collection: "accounts" }),
  ),
  route(
    {
      operationId: "importAccounts",
      method: "post",
      path: "/accounts/import",
      tag: "Accounts",
      summary: "Open the accounts of a chart",
      description:
        "A built-in chart by name, CSV, or a list: all of its accounts or none. What is wrong with it is told all at once, each fault with its row.",
      permission: "catalogue:write",
      entity: true,
      idempotency: "accepted",
      body: ImportAccountsRequest,
      documentedSchemas: { ChartRow },
      bodyExample: { csv: "code,name,type,parentCode\n1000,Cash,bank,\n1010,Petty Cash,bank,1000\n", dryRun: true },
      answers: {
        200: {
          description: "What a dry run would open, or the repetition of an earlier import.",
          schema: ImportedAccounts,
          example: { data: [accountExample], head: { sequence: 2, seal: "xKt1b0rDkVm0nGf5mJ8lq0h3mWb3mD0o1yJ1y3lq9dU" } },
        },
        201: {
          description: "The accounts, parents before their children.",
          schema: ImportedAccounts,
          example: { data: [accountExample], head: { sequence: 2, seal: "xKt1b0rDkVm0nGf5mJ8lq0h3mWb3mD0o1yJ1y3lq9dU" } },
        },
      },
      refusals: ["CODE_TAKEN", "EXTERNAL_ID_TAKEN", "REFERENCE_NOT_FOUND", "ACCOUNT_PARENT_INVALID", ...ledgerRefusals],
    },
    (context, { entityId, body }) => importAccounts(context, entityId, body),
    (written) => answerWrite(written, { status: 201 }),
  ),
  route(
    {
      operationId: "getAccount",
      method: "get",
      path: "/accounts/{id}",
      tag: "Accounts",
      summary: "Read an account",
      permission: "read",
      params: byId,
      answers: { 200: { description: "The account, with its ETag.", schema: Account, example: accountExample } },
    },
    (context, { params, companyId }) => getAccount(context, params.id, companyId),
    (account) => answer(account, 200, { ETag: etagOf(account.revision) }),
  ),
  route(
    {
      operationId: "updateAccount",
      method: "patch",
      path: "/accounts/{id}",
      tag: "Accounts",
      summary: "Change, archive or restore an account",
      permission: "catalogue:write",
      params: byId,
      body: UpdateAccountRequest,
      bodyExample: { name: "Main Checking", maxBalance: 1_000_000_00 },
      answers: {
        200: {
          description: "The account as it is now, with its ETag.",
          schema: Account,
          example: { ...accountExample, name: "Main Checking", maxBalance: 1_000_000_00, revision: 9 },
        },
      },
      refusals: [
        "PRECONDITION_FAILED",
        "CODE_TAKEN",
        "EXTERNAL_ID_TAKEN",
        "ACCOUNT_TYPE_FIXED",
        "ACCOUNT_PARENT_INVALID",
        "REFERENCE_NOT_FOUND",
        "BALANCE_LIMIT",
        "IN_USE",
        ...ledgerRefusals,
      ],
    },
    (context, { params, body, companyId, revisions }) => updateAccount(context, params.id, body, { entityId: companyId, revisions }),
    (account) => answer(account, 200, { ETag: etagOf(account.revision) }),
  ),
  route(
    {
      operationId: "deleteAccount",
      method: "delete",
      path: "/accounts/{id}",
      tag: "Accounts",
      summary: "Delete an account that was never used",
      description: "An account with lines, or with accounts below it, is archived instead: `PATCH` with `status: archived`.",
      permission: "catalogue:write",
      params: byId,
      answers: { 204: { description: "It is gone; its code and external id are free." } },
      refusals: ["IN_USE", ...ledgerRefusals],
    },
    (context, { params, companyId }) => deleteAccount(context, params.id, companyId),
    () => answerNothing(),
  ),
];
