import { z } from "@hono/zod-openapi";
import {
  countField,
  currencyField,
  descriptionField,
  idField,
  instantField,
  metadataField,
  nameField,
  scaleField,
  sequenceField,
  versionField,
} from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { reasonLengthMax } from "../../kernel/bounds.ts";
import type { ListQuery } from "../../operation/page.ts";
import { type Job, jobExample, runningJobExample } from "../jobs/index.ts";

export const Ledger = z
  .object({
    id: idField,
    entityId: idField,
    currency: z.string(),
    scale: countField.openapi({ description: "Decimal places of the minor unit in which all amounts are given." }),
    functional: z.boolean().openapi({ description: "Whether this is the ledger in the entity's functional currency." }),
    fiscalYearStart: z.string().openapi({ description: "MM-DD, the entity's." }),
    name: z.string(),
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    createdAt: instantField,
    updatedAt: instantField,
    revision: versionField.openapi({ description: "+1 per change; the ETag." }),
  })
  .openapi("Ledger");
export type Ledger = z.output<typeof Ledger>;

export const CreateLedgerRequest = z
  .strictObject({
    entityId: idField.optional(),
    currency: currencyField,
    scale: scaleField.optional(),
    name: nameField.optional(),
    description: descriptionField.optional(),
    metadata: metadataField.optional(),
  })
  .openapi("CreateLedgerRequest");
export type CreateLedgerRequest = z.output<typeof CreateLedgerRequest>;

const isNotEmpty = (change: object) => Object.keys(change).length > 0;

export const UpdateLedgerRequest = z
  .strictObject({ name: nameField.optional(), description: descriptionField.nullable().optional(), metadata: metadataField.optional() })
  .refine(isNotEmpty, "Name at least one field to change.")
  .openapi("UpdateLedgerRequest");
export type UpdateLedgerRequest = z.output<typeof UpdateLedgerRequest>;

export const ListLedgersQuery = z.object({
  entityId: idField.optional(),
  currency: currencyField.optional(),
  ...listQuery,
});
export type ListLedgersQuery = z.output<typeof ListLedgersQuery>;
export type LedgersFilter = Omit<ListLedgersQuery, keyof ListQuery>;

export const LedgerList = pageOf(Ledger, "LedgerList");

export const CloseOutLedgerRequest = z
  .strictObject({
    force: z.boolean().default(false).openapi({ description: "Closes it out though it takes entries." }),
    reason: z.string().trim().min(1).max(reasonLengthMax).optional().openapi({ description: "Kept in the log." }),
  })
  .openapi("CloseOutLedgerRequest");
export type CloseOutLedgerRequest = z.output<typeof CloseOutLedgerRequest>;

const LedgerGeneration = z
  .object({
    generation: countField.openapi({ description: "Counted from 0." }),
    firstSequence: sequenceField,
    lastSequence: sequenceField.nullable().openapi({ description: "Null for the one that takes entries." }),
    seal: z.string().nullable().openapi({ description: "Of its last commit, over which the next generation is sealed." }),
    closedAt: instantField.nullable(),
    archive: z
      .object({
        status: z.enum(["running", "complete"]),
        sequence: sequenceField.openapi({ description: "The last that is in the archive." }),
        folder: z.string().openapi({ description: "Where its files are, and manifest.json once it is complete." }),
        files: countField,
      })
      .nullable(),
  })
  .openapi("LedgerGeneration");
export const LedgerGenerations = z.object({ data: z.array(LedgerGeneration) }).openapi("LedgerGenerations");

export const SharedPending = z
  .object({
    revision: versionField.openapi({ description: "Of what the entity's ledgers share: its approval policy and its period locks." }),
    ledgers: z.array(idField).openapi({ description: "The ids of those that do not hold it yet." }),
  })
  .openapi("SharedPending", {
    description: "Only while some ledger of the entity does not hold what was last set for all of them. What is shown is what all hold.",
  });

export const pendingExample = { revision: 3, ledgers: ["01980c1e-7e0c-7abc-9def-0123456789ad"] } satisfies z.input<typeof SharedPending>;

export const ledgerExample = {
  id: "01980c1e-7e0c-7abc-9def-0123456789ac",
  entityId: "01980c1e-7e0c-7abc-9def-0123456789ab",
  currency: "USD",
  scale: 2,
  functional: true,
  fiscalYearStart: "01-01",
  name: "USD",
  description: null,
  metadata: {},
  createdAt: "2026-06-08T09:30:00.000Z",
  updatedAt: "2026-06-08T09:30:00.000Z",
  revision: 1,
} satisfies z.input<typeof Ledger>;

export const generationsExample = {
  data: [
    {
      generation: 0,
      firstSequence: 1,
      lastSequence: 26_418_007,
      seal: "9b74c9897bac770ffc029102a200c5de1d5c7a0c4c0b2a9b8f2f0f7f7a6e5d41",
      closedAt: "2026-06-08T09:30:00.000Z",
      archive: {
        status: "complete",
        sequence: 26_418_007,
        folder: `sites/01980c1e-7e0c-7abc-9def-0123456789a0/ledgers/${ledgerExample.id}/generation-0`,
        files: 812,
      },
    },
    { generation: 1, firstSequence: 26_418_008, lastSequence: null, seal: null, closedAt: null, archive: null },
  ],
} satisfies z.input<typeof LedgerGenerations>;

export const closeOutJobExample = {
  ...runningJobExample,
  type: "close_out_ledger",
  progress: { done: 0, total: 26_418_007, sequence: 0, head: 26_418_007 },
  links: jobExample.links,
} satisfies z.input<typeof Job>;
