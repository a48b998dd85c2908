import { z } from "@hono/zod-openapi";
import { ErrorEnvelope } from "../../../http/errors.ts";
import { dateField, idField, ledgerChoice, line, list } from "../../../http/fields.ts";
import { approvalsPerBatchMax, linesPerEntryMax, reasonLengthMax } from "../../../kernel/bounds.ts";
import { type EntryBody, entryFields, JournalEntry, JournalLineRequest } from "../schemas.ts";

const draftLines = list(JournalLineRequest, 0, linesPerEntryMax);

export const DraftRequest = z
  .strictObject({ ...ledgerChoice, ...entryFields, lines: draftLines.default([]) })
  .openapi("JournalDraftRequest", { description: "An entry to be. Its lines may be few and need not balance until it is submitted." });
export type DraftRequest = z.output<typeof DraftRequest>;

export const UpdateDraftRequest = z
  .strictObject({
    date: dateField.optional(),
    description: entryFields.description.nullable(),
    reference: entryFields.reference.nullable(),
    externalId: entryFields.externalId.nullable(),
    metadata: entryFields.metadata.nullable(),
    replaces: entryFields.replaces.nullable(),
    lines: draftLines.optional().openapi({ description: "All of the lines: they take the place of those that are there." }),
  } satisfies Record<keyof EntryBody, z.ZodType>)
  .refine((change) => Object.keys(change).length > 0, "Name at least one field to change.")
  .openapi("UpdateDraftRequest");
export type UpdateDraftRequest = z.output<typeof UpdateDraftRequest>;

const seenVersion = z
  .int()
  .min(1)
  .openapi({ format: "int64", description: "The version that was looked at: `approval.version` of the entry.", example: 2 });

/** What a draft's content is posted or handed in as: required where somebody else wrote it last. */
const seenVersionField = seenVersion.optional().openapi({
  format: "int64",
  description:
    "The version that was looked at: `approval.version` of the draft. Required, unless `If-Match` names it, where somebody else wrote the draft last.",
  example: 2,
});
export const SubmitDraftRequest = z.strictObject({ version: seenVersionField }).openapi("SubmitDraftRequest");
export const PostDraftRequest = z.strictObject({ version: seenVersionField }).openapi("PostDraftRequest");
export const ApproveEntryRequest = z.strictObject({ version: seenVersion }).openapi("ApproveEntryRequest");
export const RejectEntryRequest = z.strictObject({ reason: line(reasonLengthMax) }).openapi("RejectEntryRequest");

export const BatchApproveRequest = z
  .strictObject({ entries: list(z.strictObject({ id: idField, version: seenVersion }), 1, approvalsPerBatchMax) })
  .openapi("BatchApproveRequest");
export type BatchApproveRequest = z.output<typeof BatchApproveRequest>;

const ApprovalRefusal = z
  .object({ error: ErrorEnvelope.shape.error.pick({ code: true, message: true, retryable: true, details: true }) })
  .openapi("ApprovalRefusal", {
    description: "Why one entry was not posted. Where `retryable` is true, the same request may post it later: repeat it under its key.",
  });

export const BatchApproveAnswer = z
  .object({
    data: z
      .array(z.union([JournalEntry, ApprovalRefusal]))
      .openapi({ description: "One for each entry of the request, in its order: the posted entry, or why it was not." }),
  })
  .openapi("BatchApproveAnswer");
