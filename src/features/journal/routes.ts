import { z } from "@hono/zod-openapi";
import { answerExact, answerPage, answerWrite } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import type { FailureCode } from "../../kernel/failures.ts";
import { ledgerRefusals } from "../ledgers/index.ts";
import { answerEntry, draftRoutes } from "./drafts/routes.ts";
import {
  batchRequestExample,
  draftExample,
  entryExample,
  entryRequestExample,
  headExample,
  lineExample,
  pendingExample,
  pendingReversalExample,
  reversalExample,
  transferExample,
} from "./examples.ts";
import { readPlainBatch } from "./fast/plain-batch.ts";
import { getEntry } from "./get-entry.ts";
import { getTransfer } from "./get-transfer.ts";
import { listEntries } from "./list-entries.ts";
import { listJournalLines } from "./list-journal-lines.ts";
import { listTransfers } from "./list-transfers.ts";
import { postEntry } from "./post-entry.ts";
import { postEntryBatch } from "./post-entry-batch.ts";
import { bookRefusals, completionRefusals } from "./refusals.ts";
import { reverseEntry } from "./reverse-entry.ts";
import {
  documentedInputs,
  EntriesQuery,
  EntryInput,
  JournalBatchAnswer,
  JournalBatchRequest,
  JournalEntry,
  JournalEntryPage,
  JournalLinePage,
  LinesQuery,
  PostingReferenceRequest,
  ReverseEntryRequest,
  Transfer,
  TransferPage,
  TransfersQuery,
  ValidateInput,
  VoidEntryRequest,
} from "./schemas.ts";
import { setPostingReference } from "./set-posting-reference.ts";
import { validateEntries } from "./validate-entries.ts";
import { voidEntry } from "./void-entry.ts";

const tag = "Journal";
const params = z.object({ id: idField });
const postRefusals: readonly FailureCode[] = ["REFERENCE_NOT_FOUND", "ACCOUNT_NOT_FOUND", ...completionRefusals, ...bookRefusals];
const reverseRefusals: readonly FailureCode[] = [
  "ENTRY_STATE",
  "ACCOUNT_CLOSED",
  "ALREADY_REVERSED",
  "IS_REVERSAL",
  "PERIOD_LOCKED",
  "BALANCE_LIMIT",
  "BALANCE_OVERFLOW",
  ...ledgerRefusals,
];
const posting: readonly Route[] = [
  route(
    {
      operationId: "postEntry",
      method: "post",
      path: "/journal-entries",
      tag,
      summary: "Post an entry",
      description:
        "Debits equal credits, in the minor unit of the ledger's currency. The entry counts at once and never changes; it is corrected by a reversal. Where the entity's approval policy has it wait, and always where an agent posts it, it is kept as `pending_approval` (202). An externalId that the ledger has already answers the entry that exists (200), if the content is the same.",
      permission: "entries:post",
      entity: true,
      idempotency: "required",
      body: EntryInput,
      documentedSchemas: documentedInputs,
      bodyExample: entryRequestExample,
      answers: {
        201: { description: "Posted.", schema: JournalEntry, example: entryExample },
        202: { description: "Kept: it waits for an approval.", schema: JournalEntry, example: pendingExample },
        200: {
          description: "The entry exists: a repeated key, or the same externalId with the same content.",
          schema: JournalEntry,
          example: entryExample,
        },
      },
      refusals: postRefusals,
    },
    (context, { body, entityId }) => postEntry(context, entityId, body),
    (written) => answerWrite(written, { status: 201, collection: "journal-entries" }),
  ),
  route(
    {
      operationId: "postEntryBatch",
      method: "post",
      path: "/journal-entries/batch",
      tag,
      summary: "Post up to 10,000 entries in one request",
      description:
        "In one commit and in order: later entries see earlier ones. `atomic` answers 201, or the first refusal and nothing is posted; `each` answers 200 with a result per entry. `Prefer: return=minimal` asks for ids, sequences and refusals only.",
      permission: "entries:post",
      entity: true,
      idempotency: "required",
      body: JournalBatchRequest,
      readPlain: readPlainBatch,
      bodyExample: batchRequestExample,
      answers: {
        201: { description: "All posted.", schema: JournalBatchAnswer, example: { data: [entryExample], head: headExample } },
        202: {
          description: "All kept: they wait for an approval.",
          schema: JournalBatchAnswer,
          example: { data: [pendingExample], head: headExample },
        },
        200: {
          description: "With mode `each`, or a repeated key: a result per entry.",
          schema: JournalBatchAnswer,
          example: { data: [entryExample], head: headExample },
        },
      },
      refusals: postRefusals,
    },
    (context, { body, entityId, minimal }) => postEntryBatch(context, entityId, body, minimal),
    (written, { body, minimal }) => {
      const response = answerWrite(written, { status: body.mode === "atomic" ? 201 : 200 });
      if (minimal) response.headers.set("Preference-Applied", "return=minimal");
      return response;
    },
  ),
  route(
    {
      operationId: "validateEntries",
      method: "post",
      path: "/journal-entries/validate",
      tag,
      summary: "Say what posting an entry or a batch would answer",
      description:
        "The same checks in the same order as a post, and nothing is written. Ids, sequences and instants of the answer are those that the entries would have had.",
      permission: "entries:post",
      entity: true,
      body: ValidateInput,
      bodyExample: entryRequestExample,
      answers: {
        200: { description: "It would be posted like this.", schema: z.union([JournalEntry, JournalBatchAnswer]), example: entryExample },
      },
      refusals: postRefusals,
    },
    (context, { body, entityId }) => validateEntries(context, entityId, body),
    (written) => answerWrite(written, { status: 200 }),
  ),
];

const correcting: readonly Route[] = [
  route(
    {
      operationId: "voidEntry",
      method: "post",
      path: "/journal-entries/{id}/void",
      alsoAt: ["/entries/{id}/void"],
      tag,
      summary: "Void an entry by a linked reversal on its own date, or let a draft go",
      description:
        "For what should never have been posted, by APPROVER and above. The entry shows `voided` and both stay in the books. Where its date is locked, give another one: a date is never moved for you. A draft that was not posted is only marked `voided` (200), by PREPARER and above; by an agent only what it alone prepared.",
      permission: "entries:prepare",
      idempotency: "accepted",
      params,
      body: VoidEntryRequest,
      bodyExample: { reason: "Posted to the wrong account" },
      answers: {
        201: { description: "The reversal.", schema: JournalEntry, example: reversalExample },
        202: { description: "The reversal, which waits for an approval.", schema: JournalEntry, example: pendingReversalExample },
        200: {
          description: "The draft that was let go, or what a repeated key answered.",
          schema: JournalEntry,
          example: { ...draftExample, status: "voided" },
        },
      },
      refusals: reverseRefusals,
    },
    (context, { params, body, companyId }) => voidEntry(context, params.id, companyId, body),
    (written) => answerWrite(written, { status: 201, collection: "journal-entries" }),
  ),
  route(
    {
      operationId: "reverseEntry",
      method: "post",
      path: "/journal-entries/{id}/reverse",
      alsoAt: ["/entries/{id}/reverse"],
      tag,
      summary: "Reverse an entry by a linked reversal on a date of its own",
      description:
        "What was reported before that date stays true. The entry shows `reversed`. An entry is reversed at most once, and a reversal never.",
      permission: "entries:reverse",
      idempotency: "accepted",
      params,
      body: ReverseEntryRequest,
      bodyExample: { date: "2026-07-01", reason: "Accrual of June" },
      answers: {
        201: { description: "The reversal.", schema: JournalEntry, example: reversalExample },
        202: { description: "The reversal, which waits for an approval.", schema: JournalEntry, example: pendingReversalExample },
        200: { description: "What a repeated key answered.", schema: JournalEntry, example: reversalExample },
      },
      refusals: reverseRefusals,
    },
    (context, { params, body, companyId }) => reverseEntry(context, params.id, companyId, body),
    (written) => answerWrite(written, { status: 201, collection: "journal-entries" }),
  ),
  route(
    {
      operationId: "setPostingReference",
      method: "put",
      path: "/journal-entries/{id}/posting-reference",
      alsoAt: ["/entries/{id}/posting-reference"],
      tag,
      summary: "Note the document number under which another system booked the entry",
      description: "The last one counts. An agent notes it for what it alone prepared, and does not replace what somebody else has noted.",
      permission: "entries:prepare",
      params,
      body: PostingReferenceRequest,
      bodyExample: { postingReference: "FI-2026-004711" },
      answers: {
        200: {
          description: "The entry with its reference.",
          schema: JournalEntry,
          example: { ...entryExample, postingReference: "FI-2026-004711" },
        },
      },
      refusals: ledgerRefusals,
    },
    (context, { params, body, companyId }) => setPostingReference(context, params.id, companyId, body.postingReference),
    (written) => answerWrite(written, { status: 200 }),
  ),
];

const reading: readonly Route[] = [
  route(
    {
      operationId: "listEntries",
      method: "get",
      path: "/journal-entries",
      alsoAt: ["/entries"],
      tag,
      summary: "List the entries of a ledger",
      description: "In every state unless `status` names one, the latest first. What is not posted stands where its draft was created.",
      permission: "read",
      entity: true,
      query: EntriesQuery,
      answers: { 200: { description: "A page of entries.", schema: JournalEntryPage, example: pageExample(entryExample) } },
      refusals: ["REFERENCE_NOT_FOUND", "INVALID_CURSOR", "OVERLOADED"],
    },
    (context, { query, entityId }) => listEntries(context, entityId, query),
    (page) => answerPage(page),
  ),
  route(
    {
      operationId: "getEntry",
      method: "get",
      path: "/journal-entries/{id}",
      alsoAt: ["/entries/{id}"],
      tag,
      summary: "Read an entry",
      permission: "read",
      params,
      answers: { 200: { description: "The entry. A draft has its version as its ETag.", schema: JournalEntry, example: entryExample } },
      refusals: ["OVERLOADED"],
    },
    (context, { params, companyId }) => getEntry(context, params.id, companyId),
    (value) => answerEntry(value),
  ),
  route(
    {
      operationId: "listJournalLines",
      method: "get",
      path: "/journal-lines",
      tag,
      summary: "List the lines of a ledger's entries",
      permission: "read",
      entity: true,
      query: LinesQuery,
      answers: { 200: { description: "A page of lines.", schema: JournalLinePage, example: pageExample(lineExample) } },
      refusals: ["REFERENCE_NOT_FOUND", "INVALID_CURSOR", "OVERLOADED"],
    },
    (context, { query, entityId }) => listJournalLines(context, entityId, query),
    (page) => answerPage(page),
  ),
  route(
    {
      operationId: "listTransfers",
      method: "get",
      path: "/transfers",
      tag: "Balances",
      summary: "List the entries of a ledger as movements",
      permission: "read",
      entity: true,
      query: TransfersQuery,
      answers: { 200: { description: "A page of transfers.", schema: TransferPage, example: pageExample(transferExample) } },
      refusals: ["REFERENCE_NOT_FOUND", "INVALID_CURSOR", "OVERLOADED"],
    },
    (context, { query, entityId }) => listTransfers(context, entityId, query),
    (page) => answerExact(page),
  ),
  route(
    {
      operationId: "getTransfer",
      method: "get",
      path: "/transfers/{id}",
      tag: "Balances",
      summary: "Read an entry as a movement",
      permission: "read",
      params,
      answers: { 200: { description: "The transfer.", schema: Transfer, example: transferExample } },
      refusals: ["OVERLOADED"],
    },
    (context, { params, companyId }) => getTransfer(context, params.id, companyId),
    (value) => answerExact(value),
  ),
];

export const journalRoutes: readonly Route[] = [...posting, ...draftRoutes, ...correcting, ...reading];
