import { z } from "@hono/zod-openapi";
import { answer, answerKept, answerWrite } from "../../http/answers.ts";
import { etagOf } from "../../http/etag.ts";
import { idField } from "../../http/fields.ts";
import { mount, type RequestContext, type Router } from "../../http/router.ts";
import { requireRevision } from "../../operation/revision.ts";
import { createAccount } from "../accounts/create-account.ts";
import { deleteAccount } from "../accounts/delete-account.ts";
import { getAccount } from "../accounts/get-account.ts";
import { importAccounts } from "../accounts/import-accounts.ts";
import { listAccounts } from "../accounts/list-accounts.ts";
import { updateAccount } from "../accounts/update-account.ts";
import { closeOutLedger } from "./close-out-ledger.ts";
import { createLedger } from "./create-ledger.ts";
import { getJob } from "./get-job.ts";
import { getLedger } from "./get-ledger.ts";
import { listLedgerGenerations } from "./list-ledger-generations.ts";
import { listLedgers } from "./list-ledgers.ts";
import {
  Account,
  AccountList,
  accountExample,
  CloseOutLedgerRequest,
  CreateAccountRequest,
  CreateLedgerRequest,
  closeOutJobExample,
  generationsExample,
  ImportAccountsRequest,
  ImportedAccounts,
  Job,
  jobExample,
  Ledger,
  LedgerGenerations,
  LedgerList,
  ListAccountsQuery,
  ListLedgersQuery,
  ledgerExample,
  UpdateAccountRequest,
  UpdateLedgerRequest,
} from "./schemas.ts";
import { updateLedger } from "./update-ledger.ts";
import { verifyLedger } from "./verify-ledger.ts";

const byId = z.object({ id: idField });

function pageExample(item: unknown) {
  return { data: [item], totalCount: 1, hasMore: false, nextCursor: null };
}

/** What refuses revisions by the request's If-Match; undefined where it has none. */
function matcher(c: RequestContext): ((revision: number) => void) | undefined {
  return c.req.header("if-match") === undefined ? undefined : (revision) => requireRevision(c.req.header("if-match"), revision);
}

export function registerLedgerRoutes(router: Router): void {
  registerLedgers(router);
  registerGenerations(router);
  registerAccounts(router);
  registerJobs(router);
}

function registerLedgers(router: Router): void {
  mount(
    router,
    {
      operationId: "listLedgers",
      method: "get",
      path: "/ledgers",
      tag: "Ledgers",
      summary: "List the ledgers of the site, or of one entity",
      permission: "read",
      query: ListLedgersQuery,
      answers: { 200: { description: "A page of ledgers.", schema: LedgerList, example: pageExample(ledgerExample) } },
      refusals: ["INVALID_CURSOR"],
    },
    async (context, { query }, c) => answer(await listLedgers(context, query, c.get("scope").entityId)),
  );
  mount(
    router,
    {
      operationId: "createLedger",
      method: "post",
      path: "/ledgers",
      tag: "Ledgers",
      summary: "Give an entity books in another currency or asset",
      description: "An entity has one ledger in each currency. The one in its functional currency was made with it.",
      permission: "catalogue:write",
      entity: true,
      idempotency: "site",
      body: CreateLedgerRequest,
      bodyExample: { entityId: ledgerExample.entityId, currency: "EUR", name: "Euro books" },
      answers: {
        201: {
          description: "The ledger.",
          schema: Ledger,
          example: { ...ledgerExample, currency: "EUR", functional: false, name: "Euro books" },
        },
      },
      refusals: ["CODE_TAKEN", "CURRENCY_UNSUPPORTED", "REFERENCE_NOT_FOUND"],
    },
    async (context, { entityId, body }) => answerKept(await createLedger(context, entityId, body), "ledgers"),
  );
  mount(
    router,
    {
      operationId: "getLedger",
      method: "get",
      path: "/ledgers/{id}",
      tag: "Ledgers",
      summary: "Read a ledger",
      permission: "read",
      params: byId,
      answers: { 200: { description: "The ledger, with its ETag.", schema: Ledger, example: ledgerExample } },
    },
    async (context, { params }, c) => {
      const ledger = await getLedger(context, params.id, c.get("scope").entityId);
      return answer(ledger, 200, { ETag: etagOf(ledger.revision) });
    },
  );
  mount(
    router,
    {
      operationId: "updateLedger",
      method: "patch",
      path: "/ledgers/{id}",
      tag: "Ledgers",
      summary: "Change a ledger's name, description or metadata",
      permission: "catalogue:write",
      params: byId,
      body: UpdateLedgerRequest,
      bodyExample: { name: "Operating books" },
      answers: {
        200: {
          description: "The ledger as it is now, with its ETag.",
          schema: Ledger,
          example: { ...ledgerExample, name: "Operating books", revision: 2 },
        },
      },
      refusals: ["PRECONDITION_FAILED"],
    },
    async (context, { params, body }, c) => {
      const ledger = await updateLedger(context, params.id, body, {
        entityId: c.get("scope").entityId,
        requireMatch: (revision) => requireRevision(c.req.header("if-match"), revision),
      });
      return answer(ledger, 200, { ETag: etagOf(ledger.revision) });
    },
  );
  mount(
    router,
    {
      operationId: "verifyLedger",
      method: "post",
      path: "/ledgers/{id}/verify",
      tag: "Ledgers",
      summary: "Prove a ledger's log and balances",
      description:
        "Reads the whole log again: every seal, and every balance as the fold of its entries. Ask `GET /jobs/{id}` for the outcome.",
      permission: "ledgers:verify",
      idempotency: "site",
      params: byId,
      answers: { 202: { description: "The job that does it.", schema: Job, example: jobExample } },
    },
    async (context, { params }, c) => answerKept(await verifyLedger(context, params.id, c.get("scope").entityId), "jobs"),
  );
}

function registerGenerations(router: Router): void {
  mount(
    router,
    {
      operationId: "closeOutLedger",
      method: "post",
      path: "/ledgers/{id}/close-out",
      tag: "Ledgers",
      summary: "Close a full ledger out into its next generation",
      description:
        "A ledger's store is full at 8 GB, some 26 million entries (`LEDGER_FULL`). Closed out, the ledger goes on in a new one with its accounts, balances, open drafts and holds, taken names and last seal: ids, sequences and every answer stay as they are, and reads reach across. Meanwhile writes are answered `LEDGER_CLOSING_OUT`. The log that is closed goes to the archive as sealed files; `GET /jobs/{id}` says how far it is.",
      permission: "catalogue:write",
      idempotency: "site",
      params: byId,
      body: CloseOutLedgerRequest,
      bodyExample: { reason: "Full" },
      answers: { 202: { description: "The job that does what is left.", schema: Job, example: closeOutJobExample } },
      refusals: ["LEDGER_NOT_FULL", "LEDGER_CLOSING_OUT", "LEDGER_NEWER", "OVERLOADED"],
    },
    async (context, { params, body }, c) => answerKept(await closeOutLedger(context, params.id, body, c.get("scope").entityId), "jobs"),
  );
  mount(
    router,
    {
      operationId: "listLedgerGenerations",
      method: "get",
      path: "/ledgers/{id}/generations",
      tag: "Ledgers",
      summary: "List the generations of a ledger",
      description: "One, unless the ledger has been closed out. `npm run verify-archive` proves the archive of one from its files alone.",
      permission: "read",
      params: byId,
      answers: { 200: { description: "The generations, the first one first.", schema: LedgerGenerations, example: generationsExample } },
    },
    async (context, { params }, c) => answer(await listLedgerGenerations(context, params.id, c.get("scope").entityId)),
  );
}

function registerAccounts(router: Router): void {
  mount(
    router,
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
      answers: { 200: { description: "A page of accounts.", schema: AccountList, example: pageExample(accountExample) } },
      refusals: ["INVALID_CURSOR", "REFERENCE_NOT_FOUND"],
    },
    async (context, { entityId, query }) => answer(await listAccounts(context, entityId, query)),
  );
  mount(
    router,
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
      refusals: ["CODE_TAKEN", "EXTERNAL_ID_TAKEN", "REFERENCE_NOT_FOUND", "ACCOUNT_PARENT_INVALID", "BALANCE_LIMIT"],
    },
    async (context, { entityId, body }) =>
      answerWrite(await createAccount(context, entityId, body), { status: 201, collection: "accounts" }),
  );
  mount(
    router,
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
      refusals: ["CODE_TAKEN", "EXTERNAL_ID_TAKEN", "REFERENCE_NOT_FOUND", "ACCOUNT_PARENT_INVALID"],
    },
    async (context, { entityId, body }) => answerWrite(await importAccounts(context, entityId, body), { status: 201 }),
  );
  mount(
    router,
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
    async (context, { params }, c) => {
      const account = await getAccount(context, params.id, c.get("scope").entityId);
      return answer(account, 200, { ETag: etagOf(account.revision) });
    },
  );
  mount(
    router,
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
      ],
    },
    async (context, { params, body }, c) => {
      const account = await updateAccount(context, params.id, body, { entityId: c.get("scope").entityId, requireMatch: matcher(c) });
      return answer(account, 200, { ETag: etagOf(account.revision) });
    },
  );
  mount(
    router,
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
      refusals: ["IN_USE"],
    },
    async (context, { params }, c) => {
      await deleteAccount(context, params.id, c.get("scope").entityId);
      return new Response(null, { status: 204 });
    },
  );
}

function registerJobs(router: Router): void {
  mount(
    router,
    {
      operationId: "getJob",
      method: "get",
      path: "/jobs/{id}",
      alsoAt: ["/engine/jobs/{id}"],
      tag: "Ledgers",
      summary: "Read how far a job is",
      permission: "read",
      params: byId,
      answers: { 200: { description: "The job.", schema: Job, example: jobExample } },
    },
    async (context, { params }) => answer(await getJob(context, params.id)),
  );
}
