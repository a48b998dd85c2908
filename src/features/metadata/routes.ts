import { answer, answerOnce } from "../../http/answers.ts";
import { type Route, route } from "../../http/route.ts";
import { createTerm } from "./create-term.ts";
import { listCountries } from "./list-countries.ts";
import { listCurrencies } from "./list-currencies.ts";
import { listTerms } from "./list-terms.ts";
import {
  CountryList,
  CreateTermRequest,
  CurrencyList,
  ListCurrenciesQuery,
  ListTermsQuery,
  Term,
  TermList,
  termExample,
} from "./schemas.ts";

function wholeList(item: unknown, totalCount: number) {
  return { data: [item], totalCount, hasMore: false, nextCursor: null };
}

/** The site's own words: one pair of routes for each kind. */
const kinds = [
  {
    kind: "event_type",
    path: "/metadata/event-types",
    one: "event type",
    many: "event types",
    list: "listEventTypes",
    create: "createEventType",
  },
  { kind: "product", path: "/metadata/products", one: "product", many: "products", list: "listProducts", create: "createProduct" },
  { kind: "category", path: "/metadata/categories", one: "category", many: "categories", list: "listCategories", create: "createCategory" },
] as const;

export const metadataRoutes: readonly Route[] = [
  route(
    {
      operationId: "listCountries",
      method: "get",
      path: "/metadata/countries",
      tag: "Metadata",
      summary: "List the countries of ISO 3166-1 with their currencies",
      permission: "read",
      answers: {
        200: {
          description: "All countries.",
          schema: CountryList,
          example: wholeList({ code: "CH", alpha3: "CHE", numeric: "756", name: "Switzerland", currencies: ["CHF", "CHE", "CHW"] }, 249),
        },
      },
    },
    async (context) => listCountries(context),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "listCurrencies",
      method: "get",
      path: "/metadata/currencies",
      tag: "Metadata",
      summary: "List the currencies of ISO 4217 with their decimal places",
      permission: "read",
      query: ListCurrenciesQuery,
      answers: {
        200: {
          description: "All currencies in use, or all that ever were.",
          schema: CurrencyList,
          example: wholeList(
            { code: "JPY", numeric: "392", name: "Yen", scale: 0, status: "active", withdrawn: null, entities: ["JAPAN"] },
            178,
          ),
        },
      },
    },
    async (context, { query }) => listCurrencies(context, query.includeWithdrawn),
    (value) => answer(value),
  ),
  ...kinds.flatMap(({ kind, path, one, many, list, create }) => [
    route(
      {
        operationId: list,
        method: "get",
        path,
        tag: "Metadata",
        summary: `List the site's ${many}`,
        permission: "read",
        query: ListTermsQuery,
        answers: { 200: { description: `A page of ${many}.`, schema: TermList, example: wholeList(termExample, 1) } },
        refusals: ["INVALID_CURSOR"],
      },
      (context, { query }) => listTerms(context, kind, query),
      (value) => answer(value),
    ),
    route(
      {
        operationId: create,
        method: "post",
        path,
        tag: "Metadata",
        summary: `Add to the site's ${many}`,
        permission: "catalogue:write",
        idempotency: "site",
        body: CreateTermRequest,
        bodyExample: { key: termExample.key, name: termExample.name, description: termExample.description },
        answers: { 201: { description: `The ${one}.`, schema: Term, example: termExample } },
        refusals: ["CODE_TAKEN"],
      },
      (context, { body }) => createTerm(context, kind, body),
      (once) => answerOnce(once, { status: 201, collection: path.slice(1) }),
    ),
  ]),
];
