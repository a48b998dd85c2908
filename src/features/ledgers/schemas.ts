import { z } from "@hono/zod-openapi";
import {
  codeField,
  currencyField,
  descriptionField,
  externalIdField,
  idField,
  instantField,
  ledgerChoice,
  line,
  list,
  metadataField,
  nameField,
  scaleField,
} from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { accountTypeNames } from "../../kernel/account-type.ts";
import { accountsPerImportMax, codeLengthMax, nameLengthMax, reasonLengthMax } from "../../kernel/bounds.ts";
import { amountMax } from "../../kernel/money.ts";
import { accountRoles } from "../accounts/domain/account-role.ts";
import { chartNames } from "../accounts/domain/charts/built-in.ts";

export const Ledger = z
  .object({
    id: idField,
    entityId: idField,
    currency: z.string(),
    scale: z.int().openapi({ description: "Decimal places of the minor unit in which all amounts are given." }),
    functional: z.boolean().openapi({ description: "Whether this is the ledger in the entity's functional currency." }),
    fiscalYearStart: z.string().openapi({ description: "MM-DD, the entity's." }),
    name: z.string(),
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    createdAt: instantField,
    updatedAt: instantField,
    revision: z.int().openapi({ description: "+1 per change; the ETag." }),
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

const balanceBound = z.int().min(-amountMax).max(amountMax);
const accountType = z.enum(accountTypeNames);
const accountRole = z.enum(accountRoles);
const accountStatus = z.enum(["active", "archived"]);

export const Account = z
  .object({
    id: idField,
    ledgerId: idField,
    entityId: idField,
    currency: z.string(),
    code: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    type: accountType.openapi("AccountType"),
    class: z.enum(["asset", "liability", "equity", "revenue", "expense"]),
    normalSide: z.enum(["debit", "credit"]).openapi({ description: "The side that raises the balance." }),
    subtype: z.string().nullable(),
    parentId: idField.nullable(),
    role: accountRole.nullable().openapi({ description: "The part it plays in its books; at most one account of a ledger for each." }),
    stableKey: z.string().nullable().openapi({ description: "A name for mappings that outlives renaming and renumbering." }),
    externalId: z.string().nullable(),
    minBalance: z.int().nullable(),
    maxBalance: z.int().nullable(),
    status: z.enum(["active", "archived", "deleted"]),
    createdAt: instantField,
    revision: z.int().openapi({ description: "The ledger's sequence at which the account last changed; the ETag." }),
  })
  .openapi("Account");
export type Account = z.output<typeof Account>;

const describing = {
  description: descriptionField.optional(),
  subtype: line(codeLengthMax).optional(),
  role: accountRole.optional(),
  stableKey: line(nameLengthMax).optional(),
  externalId: externalIdField.optional(),
};

export const CreateAccountRequest = z
  .strictObject({
    ...ledgerChoice,
    code: codeField,
    name: nameField,
    type: accountType,
    ...describing,
    parentId: idField.optional(),
    minBalance: balanceBound.optional().openapi({ description: "The balance on the normal side never falls below this." }),
    maxBalance: balanceBound.optional().openapi({ description: "The balance on the normal side never rises above this." }),
  })
  .openapi("CreateAccountRequest");
export type CreateAccountRequest = z.output<typeof CreateAccountRequest>;

export const UpdateAccountRequest = z
  .strictObject({
    code: codeField.optional(),
    name: nameField.optional(),
    type: accountType.optional().openapi({ description: "Only while nothing was posted to the account." }),
    description: descriptionField.nullable().optional(),
    subtype: line(codeLengthMax).nullable().optional(),
    role: accountRole.nullable().optional(),
    stableKey: line(nameLengthMax).nullable().optional(),
    externalId: externalIdField.nullable().optional(),
    parentId: idField.nullable().optional(),
    minBalance: balanceBound.nullable().optional(),
    maxBalance: balanceBound.nullable().optional(),
    status: accountStatus.optional(),
  })
  .refine(isNotEmpty, "Name at least one field to change.")
  .openapi("UpdateAccountRequest");
export type UpdateAccountRequest = z.output<typeof UpdateAccountRequest>;

/** A row of a chart. CSV cells are checked by the same rules. */
export const ChartRow = z
  .strictObject({
    code: codeField,
    name: nameField,
    type: accountType,
    parentCode: codeField.optional().openapi({ description: "Another account of the file or of the ledger, of the same type." }),
    ...describing,
  })
  .openapi("ChartRow");
export type ChartRow = z.output<typeof ChartRow>;

export const ImportAccountsRequest = z
  .strictObject({
    ...ledgerChoice,
    chart: z.enum(chartNames).optional().openapi({ description: "A built-in chart." }),
    csv: z.string().optional().openapi({
      description:
        "CSV (RFC 4180) with the columns code, name, type and, as needed, parentCode, subtype, role, externalId, stableKey, description.",
    }),
    accounts: list(ChartRow, 1, accountsPerImportMax).optional(),
    dryRun: z.boolean().default(false).openapi({ description: "Answers what would be opened, and opens nothing." }),
  })
  .refine(
    (request) => [request.chart, request.csv, request.accounts].filter((source) => source !== undefined).length === 1,
    "Exactly one of chart, csv and accounts.",
  )
  .openapi("ImportAccountsRequest");
export type ImportAccountsRequest = z.output<typeof ImportAccountsRequest>;

export const ImportedAccounts = z
  .object({ data: z.array(Account), head: z.object({ sequence: z.int(), seal: z.string() }) })
  .openapi("ImportedAccounts");

const queried = z.string().min(1).max(nameLengthMax).optional();

export const ListAccountsQuery = z.object({
  ...ledgerChoice,
  type: accountType.optional(),
  code: queried,
  search: queried.openapi({ description: "Text that the name or the code contains, in either case." }),
  status: accountStatus.optional(),
  externalId: queried,
  role: accountRole.optional(),
  parentId: idField.optional(),
  ...listQuery,
});
export type ListAccountsQuery = z.output<typeof ListAccountsQuery>;

export const ListLedgersQuery = z.object({
  entityId: idField.optional(),
  currency: currencyField.optional(),
  ...listQuery,
});
export type ListLedgersQuery = z.output<typeof ListLedgersQuery>;

export const AccountList = pageOf(Account, "AccountList");
export const LedgerList = pageOf(Ledger, "LedgerList");

export const Job = z
  .object({
    id: idField,
    type: z.enum(["verify_ledger", "close_out_ledger"]),
    status: z.enum(["running", "succeeded", "failed"]),
    createdAt: instantField,
    finishedAt: instantField.nullable(),
    progress: z.object({ sequence: z.int(), head: z.int() }).openapi({
      description: "How far the log has been checked, or is in the archive, of the sequence at which that ends.",
    }),
    result: z.object({ ok: z.boolean(), sequence: z.int(), seal: z.string(), faults: z.array(z.string()) }).nullable(),
  })
  .openapi("Job");

export const CloseOutLedgerRequest = z
  .strictObject({
    force: z.boolean().default(false).openapi({ description: "Closes it out though it takes entries." }),
    reason: z.string().trim().min(1).max(reasonLengthMax).optional().openapi({ description: "Kept in the log." }),
  })
  .openapi("CloseOutLedgerRequest");
export type CloseOutLedgerRequest = z.output<typeof CloseOutLedgerRequest>;

export const LedgerGeneration = z
  .object({
    generation: z.int().openapi({ description: "Counted from 0." }),
    firstSequence: z.int(),
    lastSequence: z.int().nullable().openapi({ description: "Null for the one that takes entries." }),
    seal: z.string().nullable().openapi({ description: "Of its last commit, over which the next generation is sealed." }),
    closedAt: instantField.nullable(),
    archive: z
      .object({
        status: z.enum(["running", "complete"]),
        sequence: z.int().openapi({ description: "The last that is in the archive." }),
        folder: z.string().openapi({ description: "Where its files are, and manifest.json once it is complete." }),
        files: z.int(),
      })
      .nullable(),
  })
  .openapi("LedgerGeneration");
export const LedgerGenerations = z.object({ data: z.array(LedgerGeneration) }).openapi("LedgerGenerations");

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

export const accountExample = {
  id: "01980c1e-7e0c-8000-8000-400000000002",
  ledgerId: ledgerExample.id,
  entityId: ledgerExample.entityId,
  currency: "USD",
  code: "1010",
  name: "Business Checking",
  description: null,
  type: "bank",
  class: "asset",
  normalSide: "debit",
  subtype: "checking",
  parentId: null,
  role: null,
  stableKey: "1010",
  externalId: null,
  minBalance: null,
  maxBalance: null,
  status: "active",
  createdAt: "2026-06-08T09:30:00.000Z",
  revision: 2,
} satisfies z.input<typeof Account>;

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

export const jobExample = {
  id: "01980c1e-7e0c-7abc-9def-0123456789ad",
  type: "verify_ledger",
  status: "succeeded",
  createdAt: "2026-06-08T09:30:00.000Z",
  finishedAt: "2026-06-08T09:30:01.000Z",
  progress: { sequence: 1817, head: 1817 },
  result: { ok: true, sequence: 1817, seal: "xKt1b0rDkVm0nGf5mJ8lq0h3mWb3mD0o1yJ1y3lq9dU", faults: [] },
} satisfies z.input<typeof Job>;

export const closeOutJobExample = {
  ...jobExample,
  type: "close_out_ledger",
  status: "running",
  finishedAt: null,
  progress: { sequence: 0, head: 26_418_007 },
  result: null,
} satisfies z.input<typeof Job>;
