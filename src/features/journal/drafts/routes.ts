import { z } from "@hono/zod-openapi";
import { answer, answerText, answerWrite, replayHeaders } from "../../../http/answers.ts";
import { etagOf } from "../../../http/etag.ts";
import { idField } from "../../../http/fields.ts";
import { type Route, route } from "../../../http/route.ts";
import { present } from "../../../kernel/assert.ts";
import type { FailureCode } from "../../../kernel/failures.ts";
import type { ReadResource } from "../../../ledger/client.ts";
import { ledgerRefusals } from "../../ledgers/index.ts";
import { approvedExample, draftExample, entryRequestExample, pendingExample } from "../examples.ts";
import { bookRefusals, completionRefusals } from "../refusals.ts";
import { JournalEntry } from "../schemas.ts";
import { approveEntry } from "./approve-entry.ts";
import { batchApprove } from "./batch-approve.ts";
import { createDraft } from "./create-draft.ts";
import { postDraft } from "./post-draft.ts";
import { rejectEntry } from "./reject-entry.ts";
import {
  ApproveEntryRequest,
  BatchApproveAnswer,
  BatchApproveRequest,
  DraftRequest,
  PostDraftRequest,
  RejectEntryRequest,
  SubmitDraftRequest,
  UpdateDraftRequest,
} from "./schemas.ts";
import { submitDraft } from "./submit-draft.ts";
import { updateDraft } from "./update-draft.ts";

const tag = "Journal";
const params = z.object({ id: idField });
const contentRefusals: readonly FailureCode[] = ["REFERENCE_NOT_FOUND", "ACCOUNT_NOT_FOUND", "EXTERNAL_ID_TAKEN", ...ledgerRefusals];
/** A reversal or a settlement may have gone another way before its draft is handed in or posted. */
const laterRefusals: readonly FailureCode[] = ["ENTRY_STATE", "HOLD_STATE", "ALREADY_REVERSED", ...completionRefusals];
const versionRefusals: readonly FailureCode[] = ["VERSION_REQUIRED", "PRECONDITION_FAILED", "VERSION_STALE"];
const approveRefusals: readonly FailureCode[] = [...laterRefusals, "SELF_APPROVAL", "PERSON_REQUIRED", ...bookRefusals];

/** An entry's text. A draft is answered with its version as its ETag. */
export function answerEntry({ text, made }: ReadResource): Response {
  return answerText(text, 200, made.version === undefined ? undefined : { ETag: etagOf(made.version) });
}

export const draftRoutes: readonly Route[] = [
  route(
    {
      operationId: "createDraft",
      method: "post",
      path: "/entries",
      tag,
      summary: "Keep an entry as a draft",
      description:
        "It may be unbalanced, and without lines, until it is submitted. Its id stays the entry's once it is posted. An externalId that the ledger has already answers what exists (200), if the content is the same.",
      permission: "entries:prepare",
      entity: true,
      idempotency: "accepted",
      body: DraftRequest,
      bodyExample: entryRequestExample,
      answers: {
        201: { description: "The draft.", schema: JournalEntry, example: draftExample },
        200: {
          description: "What exists: a repeated key, or the same externalId with the same content.",
          schema: JournalEntry,
          example: draftExample,
        },
      },
      refusals: contentRefusals,
    },
    (context, { body, entityId }) => createDraft(context, entityId, body),
    (written) => answerWrite(written, { status: 201, collection: "journal-entries" }),
  ),
  route(
    {
      operationId: "updateDraft",
      method: "patch",
      path: "/journal-entries/{id}",
      alsoAt: ["/entries/{id}"],
      tag,
      summary: "Change a draft",
      description:
        "Changes what is given; `null` takes it away, and lines are replaced as a whole. Everyone who changes a draft is one of its preparers. An agent changes what it alone prepared.",
      permission: "entries:prepare",
      params,
      body: UpdateDraftRequest,
      bodyExample: { description: "Office supplies, June" },
      answers: { 200: { description: "The draft in its new version.", schema: JournalEntry, example: draftExample } },
      refusals: ["ENTRY_STATE", "PRECONDITION_FAILED", ...contentRefusals],
    },
    (context, { params, body, companyId, revisions }) => updateDraft(context, { entryId: params.id, entityId: companyId, revisions }, body),
    ({ body, made }) => answerEntry({ text: body, made: present(made, "a draft has an id and a version") }),
  ),
  route(
    {
      operationId: "submitDraft",
      method: "post",
      path: "/journal-entries/{id}/submit",
      alsoAt: ["/entries/{id}/submit"],
      tag,
      summary: "Hand a draft in for its approval",
      description:
        "From here on it is complete: it balances and its accounts take entries. Locks, limits and conditions are checked when it is posted. Where somebody else wrote it last, `version` or `If-Match` names the version that was looked at (else 428). An agent submits what it alone prepared.",
      permission: "entries:prepare",
      idempotency: "accepted",
      ifMatch: true,
      params,
      body: SubmitDraftRequest,
      bodyExample: { version: 1 },
      answers: { 200: { description: "The entry, which waits for its approval.", schema: JournalEntry, example: pendingExample } },
      refusals: [...versionRefusals, ...laterRefusals, ...ledgerRefusals],
    },
    (context, { params, body, companyId, revisions }) =>
      submitDraft(context, { entryId: params.id, entityId: companyId, revisions, version: body.version }),
    (written) => answerWrite(written, { status: 200 }),
  ),
  route(
    {
      operationId: "postDraft",
      method: "post",
      path: "/journal-entries/{id}/post",
      alsoAt: ["/entries/{id}/post"],
      tag,
      summary: "Post a draft without an approval",
      description:
        "Where the entity's approval policy lets the caller post at all; else `APPROVAL_REQUIRED`, and the draft is to be submitted instead. What an agent had a part in is posted by a person. Where somebody else wrote it last, `version` or `If-Match` names the version that was looked at (else 428).",
      permission: "entries:post",
      idempotency: "accepted",
      ifMatch: true,
      params,
      body: PostDraftRequest,
      bodyExample: { version: 1 },
      answers: { 200: { description: "The posted entry.", schema: JournalEntry, example: approvedExample } },
      refusals: [...versionRefusals, "APPROVAL_REQUIRED", "PERSON_REQUIRED", ...laterRefusals, ...bookRefusals],
    },
    (context, { params, body, companyId, revisions }) =>
      postDraft(context, { entryId: params.id, entityId: companyId, revisions, version: body.version }),
    (written) => answerWrite(written, { status: 200 }),
  ),
  route(
    {
      operationId: "approveEntry",
      method: "post",
      path: "/journal-entries/{id}/approve",
      alsoAt: ["/entries/{id}/approve"],
      tag,
      summary: "Approve an entry, which posts it",
      description:
        "In the same commit. Names the version that was looked at, so that nothing else is approved. Under `four_eyes` not by one of those who prepared it; what an agent prepared, only by a person. A key is whose it is: a service's key is nobody of those who prepared, so give it APPROVER only if it is to approve.",
      permission: "entries:approve",
      idempotency: "accepted",
      params,
      body: ApproveEntryRequest,
      bodyExample: { version: 2 },
      answers: { 200: { description: "The posted entry.", schema: JournalEntry, example: approvedExample } },
      refusals: approveRefusals,
    },
    (context, { params, body, companyId, revisions }) =>
      approveEntry(context, { entryId: params.id, entityId: companyId, revisions }, body.version),
    (written) => answerWrite(written, { status: 200 }),
  ),
  route(
    {
      operationId: "rejectEntry",
      method: "post",
      path: "/journal-entries/{id}/reject",
      alsoAt: ["/entries/{id}/reject"],
      tag,
      summary: "Reject an entry, which is a draft again",
      description:
        "In its next version, with the reason: it is changed and submitted anew. `If-Match` may name the version that was looked at.",
      permission: "entries:approve",
      idempotency: "accepted",
      params,
      body: RejectEntryRequest,
      bodyExample: { reason: "The receipt is missing" },
      answers: {
        200: {
          description: "The draft, with the reason.",
          schema: JournalEntry,
          example: { ...draftExample, approval: { ...draftExample.approval, version: 3, reason: "The receipt is missing" } },
        },
      },
      refusals: ["ENTRY_STATE", "PRECONDITION_FAILED", ...ledgerRefusals],
    },
    (context, { params, body, companyId, revisions }) =>
      rejectEntry(context, { entryId: params.id, entityId: companyId, revisions }, body.reason),
    (written) => answerWrite(written, { status: 200 }),
  ),
  route(
    {
      operationId: "batchApprove",
      method: "post",
      path: "/journal-entries/batch-approve",
      alsoAt: ["/entries/batch-approve"],
      tag,
      summary: "Approve many entries, each by itself",
      description:
        "One that is refused leaves the others, and its result is an `error` in the place of an entry. They may be of several ledgers. A ledger that cannot answer is an `error` with `retryable: true` in the places of its entries; under an Idempotency-Key the request is completed all the same, and repeated it fills them in. The key is the request's, whatever its ledgers know it from.",
      permission: "entries:approve",
      idempotency: "accepted",
      body: BatchApproveRequest,
      bodyExample: { entries: [{ id: pendingExample.id, version: 2 }] },
      answers: {
        200: { description: "A result for each entry, in order.", schema: BatchApproveAnswer, example: { data: [approvedExample] } },
      },
      refusals: ["SITE_MOVING", ...ledgerRefusals],
    },
    (context, { body, companyId }) => batchApprove(context, companyId, body),
    ({ data, replayed }) => answer({ data }, 200, replayed ? replayHeaders(200) : {}),
  ),
];
