import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import type { AnyDefinition as AnyRoute } from "../route.ts";
import { documentRoute } from "./document-route.ts";
import { introduction } from "./introduction.ts";
import { companyTags, type Tag, tags } from "./tags.ts";

const tagDescriptions: Record<Tag, string> = {
  Sites: "Firms and their sites: isolated environments, live or sandbox.",
  Keys: "API keys: roles, restrictions, rotation, revocation.",
  Users: "The people of the firm: roles, passwords, sessions.",
  Metadata: "Countries, currencies, and the site's own types, products and categories.",
  Entities: "Legal entities: companies, individuals, custodians.",
  Ledgers: "An entity's books in one currency, and their verification.",
  Accounts: "Accounts, charts of accounts and their import.",
  Balances: "Balances at any date, as known at any sequence.",
  Journal: "Entries: posted at once or drafted and approved, single or in batches, reversed, voided, listed.",
  Holds: "Pending entries: placed, then settled in full or in part, released, or expired.",
  Periods: "Locks on periods.",
  Reports: "Statements of a ledger.",
  Health: "Whether the services answer.",
};

interface DocumentedAnswer {
  headers?: unknown;
  readonly content?: Readonly<Record<string, { readonly example?: unknown }>>;
}

interface OpenApiDocument {
  paths: Record<string, Record<string, { tags?: string[]; parameters?: unknown[]; responses: Record<string, DocumentedAnswer> }>>;
  [part: string]: unknown;
}

let whole: OpenApiDocument | undefined;

/** The OpenAPI 3.1 document of all routes, or of one service's part of them. */
export function openApiDocument(routes: readonly AnyRoute[], version: string, service: string | undefined): OpenApiDocument {
  whole ??= build(routes, version);
  if (service === undefined) return whole;
  const paths: OpenApiDocument["paths"] = {};
  for (const [path, item] of Object.entries(whole.paths)) {
    const kept = Object.entries(item).filter(([, operation]) => operation.tags?.some((tag) => tags[tag as Tag] === service));
    if (kept.length > 0) paths[path] = Object.fromEntries(kept);
  }
  return { ...whole, paths };
}

export const services: readonly string[] = ["ledger", "events", "balances", "books", "standards"];

const companyId = {
  name: "companyId",
  in: "path",
  required: true,
  description: "The entity whose books are meant.",
  schema: { type: "string", format: "uuid" },
  example: "01980c1e-7e0c-7abc-9def-0123456789ab",
};

function build(routes: readonly AnyRoute[], version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  for (const { documentedSchemas = {} } of routes)
    for (const [name, schema] of Object.entries(documentedSchemas)) registry.register(name, schema);
  for (const definition of routes) registry.registerPath(documentRoute(definition));
  const generated = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Countinghouse",
      version,
      description: introduction,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1", description: "This installation" }],
    tags: Object.entries(tagDescriptions).map(([name, description]) => ({ name, description })),
  });
  // The generator's own type is of the standard; what follows needs to know it as plain objects.
  const document = generated as unknown as OpenApiDocument;
  const paths: OpenApiDocument["paths"] = {};
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const scoped = operation.tags?.some((tag) => companyTags.has(tag)) ?? false;
      const shown = scoped ? `/companies/{companyId}${path}` : path;
      for (const [status, response] of Object.entries(operation.responses))
        response.headers = headersOf(operation, status, response, "patch" in item && (method === "get" || method === "patch"));
      if (method === "patch") operation.parameters = [...(operation.parameters ?? []), ifMatch];
      paths[shown] ??= {};
      paths[shown][method] = scoped
        ? { ...operation, parameters: [companyId, ...(operation.parameters ?? []).filter((parameter) => !isEntityParameter(parameter))] }
        : operation;
    }
  }
  const components = (document.components ?? {}) as Record<string, unknown>;
  return {
    ...document,
    security: [{ apiKey: [] }, { bearer: [] }],
    paths,
    components: {
      ...components,
      headers: componentHeaders,
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "A key of one site: ch_live_… or ch_test_…" },
        bearer: { type: "http", scheme: "bearer", description: "The same key, or the access token of a session." },
      },
    },
  };
}

/** Named in the path already. */
function isEntityParameter(parameter: unknown): boolean {
  const { name } = parameter as { readonly name?: string };
  return name === "entityId" || name === "x-organization-id";
}

const ifMatch = {
  name: "If-Match",
  in: "header",
  description: "The ETag that the change is based on: refused with 412 where the resource has changed since.",
  schema: { type: "string" },
  example: '"3"',
};

const componentHeaders = {
  "X-Request-Id": {
    description: "The request's name in logs, entries and support.",
    schema: { type: "string" },
    example: "req_01980c1e7e0c7abc9def0123456789ab",
  },
  "X-RateLimit-Limit": { description: "Requests a minute.", schema: { type: "integer", format: "int32" }, example: 100 },
  "X-RateLimit-Remaining": { description: "Requests left now.", schema: { type: "integer", format: "int32" }, example: 99 },
  "X-RateLimit-Reset": {
    description: "When nothing of the limit is used, in Unix seconds; with a 429, when a request is taken again.",
    schema: { type: "integer", format: "int64" },
    example: 1_780_911_000,
  },
  "RateLimit-Policy": {
    description: "The limit as draft-ietf-httpapi-ratelimit-headers writes it.",
    schema: { type: "string" },
    example: '"default";q=100;w=60',
  },
  ETag: { description: "The resource's revision, for If-Match.", schema: { type: "string" }, example: '"3"' },
  Location: {
    description: "Where what was made can be read.",
    schema: { type: "string" },
    example: "/api/v1/journal-entries/01980c1e-7e0c-8000-8000-400000000012",
  },
  "Content-Disposition": {
    description: "With `format=csv` the name of the file.",
    schema: { type: "string" },
    example: 'attachment; filename="trial-balance-2026-06-30.csv"',
  },
  "Retry-After": {
    description: "Seconds to wait before the same request may succeed.",
    schema: { type: "integer", format: "int32" },
    example: 1,
  },
  "WWW-Authenticate": { description: "How to authenticate.", schema: { type: "string" }, example: 'Bearer realm="countinghouse"' },
  "X-Idempotent-Replayed": {
    description: "`true` where the answer repeats that of an earlier request with the same key.",
    schema: { type: "string" },
    example: "true",
  },
};

/** One thing with an id, which can be read where it is; a batch or a firm's first sites cannot. */
function isResource({ content }: DocumentedAnswer): boolean {
  const example = content?.["application/json"]?.example;
  return typeof example === "object" && example !== null && "id" in example;
}

/** The headers of an answer: some are on every one, some belong to a status, and what can be patched has a tag. */
function headersOf(
  operation: { readonly parameters?: unknown[] },
  status: string,
  response: DocumentedAnswer,
  tagged: boolean,
): Record<string, unknown> {
  const names: (keyof typeof componentHeaders)[] = [
    "X-Request-Id",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "RateLimit-Policy",
  ];
  if (status === "200" && tagged) names.push("ETag");
  if (status === "200" && operation.parameters?.some((parameter) => (parameter as { readonly name?: string }).name === "Idempotency-Key")) {
    names.push("X-Idempotent-Replayed");
  }
  if (response.content?.["text/csv"] !== undefined) names.push("Content-Disposition");
  if (status === "201" && isResource(response)) names.push("Location");
  if (status === "401") names.push("WWW-Authenticate");
  if (status === "429" || status === "503") names.push("Retry-After");
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
