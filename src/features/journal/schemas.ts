import { z } from "@hono/zod-openapi";
import { ErrorEnvelope } from "../../http/errors.ts";
import {
  amountField,
  approverField,
  balanceBoundField,
  codeField,
  countField,
  dateField,
  externalIdField,
  idField,
  instantField,
  knownAtParameter,
  ledgerChoice,
  line,
  list,
  metadataField,
  minorField,
  preparerField,
  principalField,
  sequenceField,
  textField,
  versionField,
} from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import {
  descriptionLengthMax,
  entriesPerBatchMax,
  linesPerBatchMax,
  linesPerEntryMax,
  linesPerEntryMin,
  memoLengthMax,
  reasonLengthMax,
  referenceLengthMax,
  tagLengthMax,
  tagsPerLineMax,
} from "../../kernel/bounds.ts";
import { amountMax } from "../../kernel/money.ts";
import {
  type ContentView,
  type DraftView,
  type EntryView,
  type HoldView,
  type LedgerLineView,
  type LineView,
  modules,
} from "../../ledger/rpc.ts";
import { movedIssue } from "../../operation/long-list.ts";
import type { TransferView } from "./domain/transfer.ts";
import { acceptEntry, acceptEntryBody, normalizedEntry } from "./fast/accept-entry.ts";
import { checkedFast, listCheckedFast } from "./fast/checked-fast.ts";

const side = z.enum(["debit", "credit"]).openapi("Side");
const balanceBound = balanceBoundField.optional();

const LineConditions = z
  .strictObject({
    expectedVersion: z
      .int()
      .min(0)
      .optional()
      .openapi({ format: "int64", description: "The account's version before the entry; refused as VERSION_STALE if it is another." }),
    minPosted: balanceBound,
    maxPosted: balanceBound,
    minAvailable: balanceBound,
    maxAvailable: balanceBound,
  })
  .openapi("LineConditions", {
    description:
      "What must hold for the line's account: its version before the entry, and bounds on its balances after it, on its normal side.",
  });

export const JournalLineRequest = z
  .strictObject({
    accountId: idField.optional(),
    accountCode: codeField.optional().openapi({ example: "6100" }),
    accountExternalId: externalIdField.optional(),
    side,
    amount: amountField,
    memo: textField(memoLengthMax).optional().openapi({ example: "card 4417" }),
    contactId: idField.optional(),
    tags: list(line(tagLengthMax), 0, tagsPerLineMax)
      .optional()
      .openapi({ example: ["travel"] }),
    conditions: LineConditions.optional(),
  })
  .refine(
    (request) =>
      (request.accountId === undefined ? 0 : 1) +
        (request.accountCode === undefined ? 0 : 1) +
        (request.accountExternalId === undefined ? 0 : 1) ===
      1,
    "Name the account by exactly one of accountId, accountCode and accountExternalId.",
  )
  .openapi("JournalLineRequest", { description: "Names its account by exactly one of accountId, accountCode and accountExternalId." });

export const entryFields = {
  date: dateField,
  description: textField(descriptionLengthMax).optional().openapi({ example: "Office supplies" }),
  reference: line(referenceLengthMax)
    .optional()
    .openapi({ description: "Free text: a document's number, for example.", example: "office-depot-1001" }),
  externalId: externalIdField.optional().openapi({
    description: "Your own id for the entry, unique in the ledger for ever: the same content again answers the entry that exists.",
    example: "po-77",
  }),
  metadata: metadataField.optional(),
  replaces: idField.optional().openapi({ description: "The entry that this one corrects." }),
  lines: list(JournalLineRequest, linesPerEntryMin, linesPerEntryMax),
};

/** One entry of a batch: the ledger is the batch's. */
export const EntryBody = z.strictObject(entryFields).openapi("JournalEntryBody");
export type EntryBody = z.output<typeof EntryBody>;

export const JournalEntryRequest = z.strictObject({ ...ledgerChoice, ...entryFields }).openapi("JournalEntryRequest");
export type JournalEntryRequest = z.output<typeof JournalEntryRequest>;

export const JournalBatchRequest = z
  .strictObject({
    ...ledgerChoice,
    mode: z
      .enum(["atomic", "each"])
      .openapi({ description: "`atomic`: all entries or none. `each`: every entry by itself, in order; a refused one leaves the others." }),
    entries: listCheckedFast(
      EntryBody,
      "JournalEntryBody",
      { accepts: acceptEntryBody, normalized: normalizedEntry },
      1,
      entriesPerBatchMax,
    ),
  })
  .refine((request) => linesOf(request.entries) <= linesPerBatchMax, {
    path: ["entries"],
    message: `At most ${linesPerBatchMax} lines in one batch.`,
  })
  .openapi("JournalBatchRequest");
export type JournalBatchRequest = z.output<typeof JournalBatchRequest>;

function linesOf(entries: readonly EntryBody[]): number {
  let lines = 0;
  for (const entry of entries) lines += entry.lines.length;
  return lines;
}

const ValidateEntriesRequest = z.union([JournalEntryRequest, JournalBatchRequest]).openapi("ValidateEntriesRequest");

/** `JournalEntryRequest` as the route reads it: what is plainly valid passes without the schema's cost. */
export const EntryInput = checkedFast(JournalEntryRequest, "JournalEntryRequest", { accepts: acceptEntry, normalized: normalizedEntry });
/** One schema or the other, so that the faults named are those of the one that was meant. */
export const ValidateInput = z
  .unknown()
  .transform((value, ctx): JournalEntryRequest | JournalBatchRequest => {
    const isBatch = typeof value === "object" && value !== null && ("entries" in value || "mode" in value);
    const outcome = isBatch ? JournalBatchRequest.safeParse(value) : EntryInput.safeParse(value);
    if (outcome.success) return outcome.data;
    for (const issue of outcome.error.issues) ctx.issues.push(movedIssue(issue, [], value));
    return z.NEVER;
  })
  .openapi("ValidateEntriesRequest");
/** What the document shows under the names of the inputs that are checked fast. */
export const documentedInputs = { JournalEntryBody: EntryBody, JournalEntryRequest, ValidateEntriesRequest };

export const VoidEntryRequest = z
  .strictObject({
    reason: line(reasonLengthMax),
    date: dateField.optional().openapi({ description: "The reversal's date; by default the entry's own." }),
  })
  .openapi("VoidEntryRequest");
export type VoidEntryRequest = z.output<typeof VoidEntryRequest>;

export const ReverseEntryRequest = z
  .strictObject({ date: dateField.openapi({ description: "The reversal's date." }), reason: line(reasonLengthMax) })
  .openapi("ReverseEntryRequest");
export type ReverseEntryRequest = z.output<typeof ReverseEntryRequest>;

export const PostingReferenceRequest = z
  .strictObject({
    postingReference: line(referenceLengthMax).openapi({
      description: "The document number that another system gave the entry.",
      example: "FI-2026-004711",
    }),
  })
  .openapi("PostingReferenceRequest");

const postedStatuses = ["posted", "reversed", "voided"] as const;
const entryStatuses = ["draft", "pending_approval", ...postedStatuses] as const;

type OfCommit = "createdAt" | "ledgerId" | "currency" | "actor" | "requestId";

/** What entries and holds have in common: their own content, and the commit that made them. */
export const recordFields = {
  createdAt: instantField,
  date: dateField,
  description: z.string().nullable(),
  reference: z.string().nullable(),
  externalId: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  ledgerId: idField,
  currency: z.string(),
  source: z.object({ type: z.string(), id: z.string().nullable(), step: z.string().optional() }),
  actor: principalField,
  requestId: z.string(),
  module: z.enum(modules),
} satisfies Record<(keyof ContentView & keyof HoldView) | OfCommit, z.ZodType>;

/** A line of either, as far as both have it. */
export const recordLine = {
  no: countField,
  accountId: idField,
  accountCode: z.string(),
  side,
  amount: minorField,
  memo: z.string().nullable(),
  contactId: idField.nullable(),
  tags: z.array(z.string()).optional(),
} satisfies Record<Exclude<keyof LineView & keyof HoldView["lines"][number], "accountVersion">, z.ZodType>;

const postedLine = {
  ...recordLine,
  balanceAfter: minorField.openapi({ description: "The account's balance after the line in commit order, on its normal side." }),
  accountVersion: versionField,
} satisfies Record<keyof LineView, z.ZodType>;

const entryLine = {
  ...postedLine,
  conditions: LineConditions.optional(),
  balanceAfter: postedLine.balanceAfter
    .nullable()
    .openapi({ description: "The account's balance after the line in commit order, on its normal side; null until the entry is posted." }),
  accountVersion: postedLine.accountVersion.nullable(),
} satisfies Record<keyof DraftView["lines"][number], z.ZodType>;

const amountParameter = z
  .string()
  .regex(/^\d{1,16}$/, "Minor units: a whole number.")
  .transform(Number)
  .pipe(z.int().min(0).max(amountMax));

export const entrySorts = ["sequence", "createdAt", "date"] as const;

const entriesQuery = {
  ...ledgerChoice,
  accountId: idField.optional().openapi({ description: "Entries with a line on the account." }),
  sourceType: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: "`source.type` of the entries: `api` for what was posted here.", example: "api" }),
  externalId: externalIdField.optional().openapi({ example: "po-77" }),
  reference: line(referenceLengthMax).optional().openapi({ example: "office-depot-1001" }),
  startDate: dateField.optional().openapi({ description: "Dated on or after this day." }),
  endDate: dateField.optional().openapi({ description: "Dated on or before this day.", example: "2026-06-30" }),
  minAmount: amountParameter
    .optional()
    .openapi({ type: "integer", format: "int64", description: "The sum of the debits is at least this.", example: 100 }),
  maxAmount: amountParameter
    .optional()
    .openapi({ type: "integer", format: "int64", description: "The sum of the debits is at most this.", example: 100000 }),
  ...listQuery,
};

export const EntriesQuery = z.object({
  ...entriesQuery,
  status: z
    .enum(entryStatuses)
    .optional()
    .openapi({ description: "Default all. `voided`: posted and taken back, or a draft that was let go.", example: "pending_approval" }),
});
export const TransfersQuery = z.object({ ...entriesQuery, status: z.enum(postedStatuses).optional() });
export type EntriesQuery = z.output<typeof EntriesQuery>;
export type TransfersQuery = z.output<typeof TransfersQuery>;

export const LinesQuery = z.object({
  ...ledgerChoice,
  accountId: idField.optional(),
  startDate: dateField.optional(),
  endDate: dateField.optional().openapi({ example: "2026-06-30" }),
  knownAt: knownAtParameter.optional(),
  ...listQuery,
});
export type LinesQuery = z.output<typeof LinesQuery>;

const Approval = z
  .object({
    version: versionField.openapi({ description: "Counts the changes of the draft, from 1. An approval names the one that it saw." }),
    preparedBy: z
      .array(preparerField)
      .openapi({ description: "Everyone who wrote a version, with the users behind them. Under `four_eyes` none of them approves it." }),
    approvedBy: z.union([approverField, z.null()]),
    reason: z.string().nullable().openapi({ description: "Why it was rejected or voided." }),
  })
  .openapi("Approval");

export const JournalEntry = z
  .object({
    id: idField,
    journalEntryId: idField,
    status: z.enum(entryStatuses),
    sequence: sequenceField.openapi({
      description: "Its place in the ledger's log: where it was posted, or, until then, where the draft was created.",
    }),
    ...recordFields,
    flagged: z.boolean().openapi({ description: "Posted into a softly locked period by someone who may." }),
    postingReference: z.string().nullable(),
    reversalOf: idField.nullable(),
    reversedBy: idField.nullable(),
    reason: z.string().nullable(),
    replaces: idField.nullable(),
    approval: z
      .union([Approval, z.null()])
      .openapi({ description: "The way of what is or was a draft; null for an entry that was posted at once." }),
    holdId: idField.nullable().openapi({ description: "The hold that the entry settles." }),
    lines: z.array(z.object(entryLine).openapi("JournalEntryLine")),
    seal: z.string().nullable().openapi({ description: "The head seal of the commit that posted it; null until then." }),
  } satisfies Record<keyof EntryView, z.ZodType>)
  .openapi("JournalEntry");

const Refusal = z
  .object({ error: ErrorEnvelope.shape.error.pick({ code: true, message: true, details: true }) })
  .openapi("EntryRefusal", { description: "Why one entry of a batch was refused." });
const Receipt = z
  .object({ id: idField, sequence: sequenceField, status: z.literal("pending_approval").optional() })
  .openapi("EntryReceipt", { description: "What `Prefer: return=minimal` keeps of an entry." });

export const JournalBatchAnswer = z
  .object({
    data: z.array(z.union([JournalEntry, Receipt, Refusal])).openapi({
      description:
        "One for each entry of the request, in its order: the entry, or with mode `each` its refusal. With `Prefer: return=minimal` ids, sequences and refusals only.",
    }),
    head: z
      .object({ sequence: sequenceField, seal: z.string() })
      .openapi("Head", { description: "The end of the ledger's log. Keep it to prove later that nothing was cut off." }),
  })
  .openapi("JournalBatchAnswer");

export const JournalLine = z
  .object({
    ...postedLine,
    journalEntryId: idField,
    sequence: sequenceField,
    date: dateField,
    description: z.string().nullable(),
    reference: z.string().nullable(),
    createdAt: instantField,
    runningBalance: minorField.optional().openapi({
      description: "The balance after the line in the order of the list, on the normal side; only where one account is listed by date.",
    }),
  } satisfies Record<keyof LedgerLineView, z.ZodType>)
  .openapi("JournalLine");

const Movement = z
  .object({ accountId: idField, accountCode: z.string(), amount: minorField, memo: z.string().nullable() })
  .openapi("Movement");

export const JournalEntryPage = pageOf(JournalEntry, "JournalEntryPage");
export const JournalLinePage = pageOf(JournalLine, "JournalLinePage");

export const Transfer = z
  .object({
    id: idField.openapi({ description: "The id of its journal entry." }),
    status: z.enum(postedStatuses),
    sequence: sequenceField,
    createdAt: instantField,
    date: dateField,
    amount: minorField.openapi({ description: "The sum of the debits, which is that of the credits." }),
    description: z.string().nullable(),
    reference: z.string().nullable(),
    externalId: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    ledgerId: idField,
    currency: z.string(),
    debits: z.array(Movement),
    credits: z.array(Movement),
    event: z.null().openapi({ description: "The event that posted it; null for entries posted by themselves." }),
  } satisfies Record<keyof TransferView, z.ZodType>)
  .openapi("Transfer");
export const TransferPage = pageOf(Transfer, "TransferPage");
