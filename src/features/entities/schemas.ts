import { z } from "@hono/zod-openapi";
import {
  countField,
  currencyField,
  externalIdField,
  idField,
  instantField,
  metadataField,
  nameField,
  scaleField,
  versionField,
} from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { nameLengthMax } from "../../kernel/bounds.ts";
import { daysInMonth } from "../../kernel/calendar-date.ts";
import { approvalPolicies } from "../../ledger/rpc.ts";
import { chartNames } from "../accounts/index.ts";
import { SharedPending } from "../ledgers/index.ts";
import { isCountry } from "../metadata/index.ts";

const entityKinds = ["company", "individual", "custodian"] as const;
const entityStatuses = ["active", "archived"] as const;

/** 29 February is no start: it does not exist in most years. */
function isYearStart(text: string): boolean {
  const month = Number(text.slice(0, 2));
  return /^\d{2}-\d{2}$/.test(text) && Number(text.slice(3)) >= 1 && Number(text.slice(3)) <= daysInMonth(2001, month);
}

const countryField = z
  .string()
  .refine(isCountry, "A country of ISO 3166-1, as its alpha-2 code.")
  .openapi({ description: "ISO 3166-1 alpha-2.", example: "US" });
const yearStartField = z.string().refine(isYearStart, "A day of every year, as MM-DD.").openapi({
  description: "The first day of the fiscal year, MM-DD. Fixed once the entity exists: earlier reports were told by it.",
  example: "01-01",
});

const policyField = z.enum(approvalPolicies).openapi("ApprovalPolicy", {
  description:
    "Whose entries wait for an approval: `none`: nobody's; `required`: a PREPARER's; `four_eyes`: everyone's, and nobody approves what they prepared. What an agent posts always waits for a person. What waits when the policy changes goes on waiting.",
});

export const Entity = z
  .object({
    id: idField,
    kind: z.enum(entityKinds),
    name: z.string(),
    functionalCurrency: z.string(),
    scale: countField,
    fiscalYearStart: z.string(),
    approvalPolicy: z.enum(approvalPolicies).openapi({ description: "The policy that all ledgers of the entity hold." }),
    country: z.string().nullable(),
    externalId: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    status: z.enum(entityStatuses),
    functionalLedgerId: idField.openapi({ description: "The ledger in the functional currency." }),
    createdAt: instantField,
    updatedAt: instantField,
    revision: versionField.openapi({ description: "+1 per change; the ETag." }),
    pending: SharedPending.optional(),
  })
  .openapi("Entity");
export type Entity = z.output<typeof Entity>;

export const CreateEntityRequest = z
  .strictObject({
    kind: z.enum(entityKinds).default("company"),
    name: nameField,
    functionalCurrency: currencyField,
    scale: scaleField.optional(),
    fiscalYearStart: yearStartField.default("01-01"),
    approvalPolicy: policyField.default("none"),
    country: countryField.optional(),
    externalId: externalIdField.optional(),
    metadata: metadataField.optional(),
    chart: z.enum(chartNames).optional().openapi({ description: "Opens a built-in chart of accounts in the functional ledger." }),
  })
  .openapi("CreateEntityRequest");
export type CreateEntityRequest = z.output<typeof CreateEntityRequest>;

export const UpdateEntityRequest = z
  .strictObject({
    name: nameField.optional(),
    approvalPolicy: policyField.optional(),
    country: countryField.nullable().optional(),
    externalId: externalIdField.nullable().optional(),
    metadata: metadataField.optional(),
    status: z.enum(entityStatuses).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "Name at least one field to change.")
  .openapi("UpdateEntityRequest");
export type UpdateEntityRequest = z.output<typeof UpdateEntityRequest>;

const queried = z.string().min(1).max(nameLengthMax).optional();

export const ListCompaniesQuery = z.object({
  status: z.enum(entityStatuses).optional(),
  externalId: queried,
  search: queried.openapi({ description: "Text that the name contains, in either case." }),
  ...listQuery,
});
export type ListCompaniesQuery = z.output<typeof ListCompaniesQuery>;

export const ListEntitiesQuery = ListCompaniesQuery.extend({ kind: z.enum(entityKinds).optional() });
export type ListEntitiesQuery = z.output<typeof ListEntitiesQuery>;

export const EntityList = pageOf(Entity, "EntityList");

export const entityExample = {
  id: "01980c1e-7e0c-7abc-9def-0123456789ab",
  kind: "company",
  name: "Blue Bottle Ltd",
  functionalCurrency: "USD",
  scale: 2,
  fiscalYearStart: "01-01",
  approvalPolicy: "none",
  country: "US",
  externalId: "co-1",
  metadata: {},
  status: "active",
  functionalLedgerId: "01980c1e-7e0c-7abc-9def-0123456789ac",
  createdAt: "2026-06-08T09:30:00.000Z",
  updatedAt: "2026-06-08T09:30:00.000Z",
  revision: 1,
} satisfies z.input<typeof Entity>;
