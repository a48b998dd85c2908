import { z } from "@hono/zod-openapi";
import { answer, answerOnce } from "../../http/answers.ts";
import { etagOf } from "../../http/etag.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import { Job, runningJobExample } from "../jobs/index.ts";
import { closeOutLedger } from "./close-out-ledger.ts";
import { createLedger } from "./create-ledger.ts";
import { getLedger } from "./get-ledger.ts";
import { listLedgerGenerations } from "./list-ledger-generations.ts";
import { listLedgers } from "./list-ledgers.ts";
import { ledgerRefusals } from "./refusals.ts";
import {
  CloseOutLedgerRequest,
  CreateLedgerRequest,
  closeOutJobExample,
  generationsExample,
  Ledger,
  LedgerGenerations,
  LedgerList,
  ListLedgersQuery,
  ledgerExample,
  UpdateLedgerRequest,
} from "./schemas.ts";
import { updateLedger } from "./update-ledger.ts";
import { verifyLedger } from "./verify-ledger.ts";

const byId = z.object({ id: idField });

const books: readonly Route[] = [
  route(
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
    (context, { query, companyId }) => listLedgers(context, query, companyId),
    (value) => answer(value),
  ),
  route(
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
      refusals: ["CODE_TAKEN", "CURRENCY_UNSUPPORTED", "REFERENCE_NOT_FOUND", ...ledgerRefusals],
    },
    (context, { entityId, body }) => createLedger(context, entityId, body),
    (once) => answerOnce(once, { status: 201, collection: "ledgers" }),
  ),
  route(
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
    (context, { params, companyId }) => getLedger(context, params.id, companyId),
    (ledger) => answer(ledger, 200, { ETag: etagOf(ledger.revision) }),
  ),
  route(
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
    (context, { params, body, companyId, revisions }) => updateLedger(context, params.id, body, { entityId: companyId, revisions }),
    (ledger) => answer(ledger, 200, { ETag: etagOf(ledger.revision) }),
  ),
  route(
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
      answers: { 202: { description: "The job that does it.", schema: Job, example: runningJobExample } },
      refusals: ["LEDGER_FROZEN"],
    },
    (context, { params, companyId }) => verifyLedger(context, params.id, companyId),
    (once) => answerOnce(once, { status: 202, collection: "jobs" }),
  ),
];

const generations: readonly Route[] = [
  route(
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
      refusals: ["LEDGER_NOT_FULL", "LEDGER_FROZEN", "LEDGER_RETIRED", "LEDGER_CLOSING_OUT", "LEDGER_NEWER", "CLOCK", "OVERLOADED"],
    },
    (context, { params, body, companyId }) => closeOutLedger(context, params.id, body, companyId),
    (once) => answerOnce(once, { status: 202, collection: "jobs" }),
  ),
  route(
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
    (context, { params, companyId }) => listLedgerGenerations(context, params.id, companyId),
    (value) => answer(value),
  ),
];

export const ledgerRoutes: readonly Route[] = [...books, ...generations];
