import { z } from "@hono/zod-openapi";
import { countField, descriptionField, idField, instantField, line, metadataField, nameField } from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { codeLengthMax, nameLengthMax } from "../../kernel/bounds.ts";
import type { ListQuery } from "../../operation/page.ts";

const CountryView = z
  .object({
    code: z.string().openapi({ description: "ISO 3166-1 alpha-2." }),
    alpha3: z.string(),
    numeric: z.string(),
    name: z.string(),
    currencies: z.array(z.string()).openapi({ description: "ISO 4217 codes in use there, funds codes included." }),
  })
  .openapi("Country");

const CurrencyView = z
  .object({
    code: z.string(),
    numeric: z.string(),
    name: z.string(),
    scale: countField.nullable().openapi({
      description: "Decimal places of the minor unit; null where ISO 4217 gives none, so that a ledger in it declares its own.",
    }),
    status: z.enum(["active", "withdrawn"]),
    withdrawn: z.string().nullable().openapi({ description: "Year, or year and month, since which it is out of use." }),
    entities: z.array(z.string()).openapi({ description: "Where it is used, or was used last, as ISO 4217 names it." }),
  })
  .openapi("Currency");

export const Term = z
  .object({
    id: idField,
    key: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    createdAt: instantField,
  })
  .openapi("Term");
export type Term = z.output<typeof Term>;

export const CreateTermRequest = z
  .strictObject({
    key: line(codeLengthMax).regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, "Letters, digits and . _ : - after a letter or digit."),
    name: nameField,
    description: descriptionField.optional(),
    metadata: metadataField.optional(),
  })
  .openapi("CreateTermRequest");
export type CreateTermRequest = z.output<typeof CreateTermRequest>;

const queried = z.string().min(1).max(nameLengthMax).optional();

export const ListTermsQuery = z.object({
  key: queried,
  search: queried.openapi({ description: "Text that the name or the key contains, in either case." }),
  ...listQuery,
});
export type ListTermsQuery = z.output<typeof ListTermsQuery>;
export type TermsFilter = Omit<ListTermsQuery, keyof ListQuery>;

export const ListCurrenciesQuery = z.object({
  includeWithdrawn: z
    .enum(["true", "false"])
    .optional()
    .transform((text) => text === "true")
    .openapi({ type: "boolean", description: "Whether to list the currencies that are out of use, too.", example: false }),
});

export const CountryList = pageOf(CountryView, "CountryList");
export const CurrencyList = pageOf(CurrencyView, "CurrencyList");
export const TermList = pageOf(Term, "TermList");

export const termExample = {
  id: "01980c1e-7e0c-7abc-9def-0123456789ab",
  key: "payout",
  name: "Payout",
  description: "Money out to a customer's bank",
  metadata: {},
  createdAt: "2026-06-08T09:30:00.000Z",
} satisfies z.input<typeof Term>;
