import { z } from "@hono/zod-openapi";
import { answerPage, answerText, answerWrite } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import { bookRefusals, completionRefusals, JournalEntry, pendingExample } from "../journal/index.ts";
import { ledgerRefusals } from "../ledgers/index.ts";
import { holdExample, holdRequestExample, releasedExample, settlementExample } from "./examples.ts";
import { getHold } from "./get-hold.ts";
import { listHolds } from "./list-holds.ts";
import { placeHold } from "./place-hold.ts";
import { releaseHold } from "./release-hold.ts";
import { Hold, HoldPage, HoldRequest, HoldsQuery, ReleaseHoldRequest, SettleHoldRequest } from "./schemas.ts";
import { settleHold } from "./settle-hold.ts";

const tag = "Holds";
const params = z.object({ id: idField });

export const holdRoutes: readonly Route[] = [
  route(
    {
      operationId: "placeHold",
      method: "post",
      path: "/holds",
      tag,
      summary: "Place a hold",
      description:
        "A pending entry: its amounts are taken off what is available on each account, and counted by limits, until it is settled, released or expires. Placing it is not gated by an approval policy; settling it is. Holds of a group are placed by somebody whose entries need no approval, and nothing can refuse their settlement afterwards: until then their dates cannot be locked nor their accounts archived.",
      permission: "entries:prepare",
      entity: true,
      idempotency: "required",
      body: HoldRequest,
      bodyExample: holdRequestExample,
      answers: {
        201: { description: "The hold.", schema: Hold, example: holdExample },
        200: {
          description: "The hold exists: a repeated key, or the same externalId with the same content.",
          schema: Hold,
          example: holdExample,
        },
      },
      refusals: ["ACCOUNT_NOT_FOUND", "APPROVAL_REQUIRED", ...completionRefusals, ...bookRefusals],
    },
    (context, { body, entityId }) => placeHold(context, entityId, body),
    (written) => answerWrite(written, { status: 201, collection: "holds" }),
  ),
  route(
    {
      operationId: "settleHold",
      method: "post",
      path: "/holds/{id}/settle",
      tag,
      summary: "Settle a hold, in full or in part",
      description:
        "Posts an entry with the hold's content, on a date of its own if one is given; what is not taken is released. `{}` settles all of it. A hold is resolved once. Where the entity's approval policy has it wait, the settlement is kept as `pending_approval` (202) and the hold stays open.",
      permission: "entries:post",
      idempotency: "required",
      params,
      body: SettleHoldRequest,
      bodyExample: {
        date: "2026-06-10",
        lines: [
          { no: 1, amount: 4299 },
          { no: 2, amount: 4299 },
        ],
      },
      answers: {
        201: { description: "The entry.", schema: JournalEntry, example: settlementExample },
        202: {
          description: "The entry, which waits for an approval.",
          schema: JournalEntry,
          example: { ...pendingExample, holdId: holdExample.id },
        },
        200: { description: "What a repeated key answered.", schema: JournalEntry, example: settlementExample },
      },
      refusals: ["HOLD_STATE", "SETTLES_MORE_THAN_HELD", "APPROVAL_REQUIRED", "ACCOUNT_CLOSED", "ENTRY_UNBALANCED", ...bookRefusals],
    },
    (context, { params, body, companyId }) => settleHold(context, params.id, companyId, body),
    (written) => answerWrite(written, { status: 201, collection: "journal-entries" }),
  ),
  route(
    {
      operationId: "releaseHold",
      method: "post",
      path: "/holds/{id}/release",
      tag,
      summary: "Release a hold",
      description: "What it kept is available again, at once. An agent releases what it placed itself.",
      permission: "entries:prepare",
      idempotency: "accepted",
      params,
      body: ReleaseHoldRequest,
      bodyExample: { reason: "Cancelled by the merchant" },
      answers: { 200: { description: "The hold.", schema: Hold, example: releasedExample } },
      refusals: ["HOLD_STATE", ...ledgerRefusals],
    },
    (context, { params, body, companyId }) => releaseHold(context, params.id, companyId, body),
    (written) => answerWrite(written, { status: 200 }),
  ),
  route(
    {
      operationId: "listHolds",
      method: "get",
      path: "/holds",
      tag,
      summary: "List the holds of a ledger",
      permission: "read",
      entity: true,
      query: HoldsQuery,
      answers: { 200: { description: "A page of holds.", schema: HoldPage, example: pageExample(holdExample) } },
      refusals: ["REFERENCE_NOT_FOUND", "INVALID_CURSOR", "OVERLOADED"],
    },
    (context, { query, entityId }) => listHolds(context, entityId, query),
    (page) => answerPage(page),
  ),
  route(
    {
      operationId: "getHold",
      method: "get",
      path: "/holds/{id}",
      tag,
      summary: "Read a hold",
      permission: "read",
      params,
      answers: { 200: { description: "The hold.", schema: Hold, example: holdExample } },
      refusals: ["OVERLOADED"],
    },
    (context, { params, companyId }) => getHold(context, params.id, companyId),
    (text) => answerText(text),
  ),
];
