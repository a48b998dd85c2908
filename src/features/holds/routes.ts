import { z } from "@hono/zod-openapi";
import { answer, answerPage, answerText, answerWrite, replayHeaders } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import type { FailureCode } from "../../kernel/failures.ts";
import { bookRefusals, completionRefusals, JournalEntry, pendingExample } from "../journal/index.ts";
import { ledgerRefusals } from "../ledgers/index.ts";
import type { DecidedGroup } from "./decide-hold-group.ts";
import {
  holdExample,
  holdRequestExample,
  openGroupExample,
  releasedExample,
  releasedGroupExample,
  settledGroupExample,
  settlementExample,
} from "./examples.ts";
import { getHold } from "./get-hold.ts";
import { getHoldGroup } from "./get-hold-group.ts";
import { listHolds } from "./list-holds.ts";
import { placeHold } from "./place-hold.ts";
import { releaseHold } from "./release-hold.ts";
import { releaseHoldGroup } from "./release-hold-group.ts";
import {
  Hold,
  HoldGroup,
  HoldPage,
  HoldRequest,
  HoldsQuery,
  ReleaseHoldRequest,
  SettleHoldGroupRequest,
  SettleHoldRequest,
} from "./schemas.ts";
import { settleHold } from "./settle-hold.ts";
import { settleHoldGroup } from "./settle-hold-group.ts";

const tag = "Holds";
const params = z.object({ id: idField });

const groupParams = z.object({ groupId: idField });
const groupRefusals: readonly FailureCode[] = ["HOLD_STATE", "SITE_MOVING", ...ledgerRefusals];

/** The answer to a decision: 202 where a ledger has yet to carry it out. */
function answerDecided({ view, replayed }: DecidedGroup): Response {
  return answer(view, view.state === "settled" || view.state === "released" ? 200 : 202, replayed ? replayHeaders(200) : {});
}

/** The answers to a decision. `done`: what every ledger has done. */
function decidedAnswers(done: string, deciding: z.input<typeof HoldGroup>, decided: z.input<typeof HoldGroup>) {
  return {
    200: { description: `The group: every ledger has ${done}.`, schema: HoldGroup, example: decided },
    202: {
      description: "The group, which is decided; a ledger has yet to carry it out. It will: by itself, or when the request is repeated.",
      schema: HoldGroup,
      example: deciding,
    },
  };
}

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
      refusals: ["ACCOUNT_NOT_FOUND", "APPROVAL_REQUIRED", "GROUP_ENDED", "SITE_MOVING", ...completionRefusals, ...bookRefusals],
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
        "Posts an entry with the hold's content, on a date of its own if one is given; what is not taken is released. `{}` settles all of it. A hold is resolved once. One of a group is settled by itself only by who placed it, and only until its group is decided (`/hold-groups`). Where the entity's approval policy has it wait, the settlement is kept as `pending_approval` (202) and the hold stays open.",
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
      refusals: [
        "HOLD_STATE",
        "SITE_MOVING",
        "SETTLES_MORE_THAN_HELD",
        "APPROVAL_REQUIRED",
        "ACCOUNT_CLOSED",
        "ENTRY_UNBALANCED",
        ...bookRefusals,
      ],
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
      description:
        "What it kept is available again, at once. `{}` where there is no reason to give. An agent releases what it placed itself. A hold of a group is released by itself only by who placed it, and only until its group is decided (`/hold-groups`).",
      permission: "entries:prepare",
      idempotency: "accepted",
      params,
      body: ReleaseHoldRequest,
      bodyExample: { reason: "Cancelled by the merchant" },
      answers: { 200: { description: "The hold.", schema: Hold, example: releasedExample } },
      refusals: ["HOLD_STATE", "SITE_MOVING", ...ledgerRefusals],
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
  route(
    {
      operationId: "settleHoldGroup",
      method: "post",
      path: "/hold-groups/{groupId}/settle",
      tag,
      summary: "Settle every hold of a group",
      description:
        "Decided once for all of its ledgers, by who placed every hold of the group or by an ADMIN, and not by an agent; then each ledger posts its holds in full, on their own dates. Every placement must have been answered, and no hold released (409 `HOLD_STATE`, which says which). From then on no hold of the group is placed (409 `GROUP_ENDED`), and none settled or released by itself. Repeated, or decided the same way before, it answers the group as it is.",
      permission: "entries:post",
      idempotency: "required",
      params: groupParams,
      body: SettleHoldGroupRequest,
      bodyExample: {},
      answers: decidedAnswers("settled its holds", { ...settledGroupExample, state: "settling" }, settledGroupExample),
      refusals: groupRefusals,
    },
    (context, { params, companyId }) => settleHoldGroup(context, { groupId: params.groupId, entityId: companyId }),
    answerDecided,
  ),
  route(
    {
      operationId: "releaseHoldGroup",
      method: "post",
      path: "/hold-groups/{groupId}/release",
      tag,
      summary: "Release every hold of a group",
      description:
        "As settling it, and possible as long as none of its holds was settled by itself: also where a placement was not answered, which is refused from then on (409 `GROUP_ENDED`). `{}` where there is no reason to give.",
      permission: "entries:prepare",
      idempotency: "accepted",
      params: groupParams,
      body: ReleaseHoldRequest,
      bodyExample: { reason: "Cancelled by the merchant" },
      answers: decidedAnswers("released its holds", { ...releasedGroupExample, state: "releasing" }, releasedGroupExample),
      refusals: groupRefusals,
    },
    (context, { params, companyId, body }) => releaseHoldGroup(context, { groupId: params.groupId, entityId: companyId }, body),
    answerDecided,
  ),
  route(
    {
      operationId: "getHoldGroup",
      method: "get",
      path: "/hold-groups/{groupId}",
      tag,
      summary: "Read a group of holds",
      description: "A key that is restricted to entities finds the group only if it reaches every hold of it.",
      permission: "read",
      params: groupParams,
      answers: { 200: { description: "The group.", schema: HoldGroup, example: openGroupExample } },
      // Where an earlier build placed groups, the first who asks notes them.
      refusals: ["OVERLOADED", "SITE_MOVING"],
    },
    (context, { params, companyId }) => getHoldGroup(context, { groupId: params.groupId, entityId: companyId }),
    (group) => answer(group),
  ),
];
