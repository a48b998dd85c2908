import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import { ErrorEnvelope, Problem } from "../errors.ts";
import type { AnyDefinition } from "../route.ts";
import { documentRoute } from "./document-route.ts";
import { componentHeaders, successHeaders } from "./headers.ts";
import { introduction } from "./introduction.ts";
import { withOpenEnums } from "./open-enums.ts";
import { companyId, ifMatch, shareParameters } from "./parameters.ts";
import { documentRefusals, refusalAnswers } from "./refusals.ts";
import type { DocumentedAnswer, DocumentedOperation, DocumentedParameter, OpenApiDocument } from "./shape.ts";
import { isUnderCompany, type Tags } from "./tags.ts";

/** Whether the enums of answers are listed in full, or are strings. */
export const enumForms = ["closed", "open"] as const;
type EnumForm = (typeof enumForms)[number];

/** An OpenAPI 3.1 document of all routes, or of one service's part of them. Each form of enums is built once, when it is first asked for. */
export function openApiDocuments(
  routes: readonly AnyDefinition[],
  tags: Tags,
  version: string,
): (form: EnumForm, service?: string) => OpenApiDocument {
  const built = new Map<EnumForm, OpenApiDocument>();
  const whole = (form: EnumForm): OpenApiDocument => {
    const document = built.get(form) ?? (form === "open" ? withOpenEnums(whole("closed")) : build(routes, tags, version));
    built.set(form, document);
    return document;
  };
  return (form, service) => (service === undefined ? whole(form) : partOf(whole(form), tags, service));
}

function partOf(document: OpenApiDocument, tags: Tags, service: string): OpenApiDocument {
  const paths = Object.entries(document.paths).flatMap(([path, item]) => {
    const kept = Object.entries(item).filter(([, operation]) => operation.tags?.some((tag) => tags[tag]?.service === service));
    return kept.length > 0 ? [[path, Object.fromEntries(kept)]] : [];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function build(routes: readonly AnyDefinition[], tags: Tags, version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.register("Error", ErrorEnvelope);
  registry.register("Problem", Problem);
  for (const { documentedSchemas = {} } of routes)
    for (const [name, schema] of Object.entries(documentedSchemas)) registry.register(name, schema);
  for (const route of routes) registry.registerPath(documentRoute(route));
  const generated = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Countinghouse",
      version,
      description: introduction,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1", description: "This installation" }],
    tags: Object.entries(tags).map(([name, { description }]) => ({ name, description })),
  });
  // The generator's own type is of the standard; what follows needs to know it as it is here.
  const { paths: written, components, ...head } = generated as unknown as WrittenDocument;
  const { parameters, shared } = shareParameters();
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const route of routes) {
    const item = written[route.path] ?? {};
    const operation = item[route.method];
    if (operation === undefined) throw new Error(`The generator wrote nothing for ${route.operationId}.`);
    const path = isUnderCompany(tags, route) ? `/companies/{companyId}${route.path}` : route.path;
    paths[path] ??= {};
    paths[path][route.method] = shared(finished(operation, route, tags, "patch" in item));
  }
  return {
    ...head,
    security: [{ apiKey: [] }, { bearer: [] }],
    paths,
    components: {
      schemas: components.schemas,
      responses: refusalAnswers(routes, tags),
      parameters,
      headers: componentHeaders,
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "A key of one site: ch_live_… or ch_test_…" },
        bearer: { type: "http", scheme: "bearer", description: "The same key, or the access token of a session." },
      },
    },
  };
}

/** An operation as the generator writes it: its parameters and its successes, in full. */
interface WrittenOperation extends DocumentedOperation {
  readonly parameters?: readonly DocumentedParameter[];
  readonly responses: Readonly<Record<string, DocumentedAnswer>>;
}
interface WrittenDocument extends OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, WrittenOperation>>>>;
}

/** The operation with the headers of its answers, its refusals, and the company in its path where it works on one's books. */
function finished(operation: WrittenOperation, route: AnyDefinition, tags: Tags, canBePatched: boolean): DocumentedOperation {
  const { method } = route;
  const written = operation.parameters ?? [];
  const isRepeatable = written.some(({ name }) => name === "Idempotency-Key");
  const isTagged = canBePatched && (method === "get" || method === "patch");
  const successes = Object.entries(operation.responses).map(([status, answer]) => [
    status,
    { ...answer, headers: successHeaders(status, answer, { isTagged, isRepeatable }) },
  ]);
  const refusals = documentRefusals(route, tags);
  const parameters = [
    ...(isUnderCompany(tags, route) ? [companyId, ...written.filter(({ name }) => !namesEntity.has(name))] : written),
    ...(method === "patch" || route.ifMatch ? [ifMatch] : []),
  ];
  return {
    ...operation,
    ...(parameters.length > 0 ? { parameters } : {}),
    // What a route answers by itself under a status says more than the refusals of that status.
    responses: { ...refusals.responses, ...Object.fromEntries(successes) },
    "x-error-codes": refusals["x-error-codes"],
  };
}

/** Parameters for what the path names already where it begins with the company. */
const namesEntity: ReadonlySet<string> = new Set(["entityId", "x-organization-id"]);
