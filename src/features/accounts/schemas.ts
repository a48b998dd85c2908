import { z } from "@hono/zod-openapi";
import {
  balanceBoundField,
  codeField,
  descriptionField,
  externalIdField,
  idField,
  instantField,
  ledgerChoice,
  line,
  minorField,
  nameField,
  sequenceField,
} from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { accountTypeNames } from "../../kernel/account-type.ts";
import { accountsPerImportMax, codeLengthMax, nameLengthMax } from "../../kernel/bounds.ts";
import { longList } from "../../operation/long-list.ts";
import type { ListQuery } from "../../operation/page.ts";
import { type LedgerChoice, ledgerExample } from "../ledgers/index.ts";
import { accountRoles } from "./domain/account-role.ts";
import { chartNames } from "./domain/charts/built-in.ts";

const isNotEmpty = (change: object) => Object.keys(change).length > 0;

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
    minBalance: minorField.nullable(),
    maxBalance: minorField.nullable(),
    status: z.enum(["active", "archived", "deleted"]),
    createdAt: instantField,
    revision: sequenceField.openapi({ description: "The ledger's sequence at which the account last changed; the ETag." }),
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
    minBalance: balanceBoundField.optional().openapi({ description: "The balance on the normal side never falls below this." }),
    maxBalance: balanceBoundField.optional().openapi({ description: "The balance on the normal side never rises above this." }),
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
    minBalance: balanceBoundField.nullable().optional(),
    maxBalance: balanceBoundField.nullable().optional(),
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
    accounts: longList(ChartRow, "ChartRow", { min: 1, max: accountsPerImportMax }).optional(),
    dryRun: z.boolean().default(false).openapi({ description: "Answers what would be opened, and opens nothing." }),
  })
  .refine(
    (request) => [request.chart, request.csv, request.accounts].filter((source) => source !== undefined).length === 1,
    "Exactly one of chart, csv and accounts.",
  )
  .openapi("ImportAccountsRequest");
export type ImportAccountsRequest = z.output<typeof ImportAccountsRequest>;

export const ImportedAccounts = z
  .object({ data: z.array(Account), head: z.object({ sequence: sequenceField, seal: z.string() }) })
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
/** What of it narrows the list. The rest says which ledger, and which page. */
export type AccountsFilter = Omit<ListAccountsQuery, keyof ListQuery | keyof LedgerChoice>;

export const AccountList = pageOf(Account, "AccountList");

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
