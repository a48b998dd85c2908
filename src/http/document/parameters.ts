import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import { z } from "@hono/zod-openapi";
import { idempotencyKeyLengthMax } from "../../kernel/bounds.ts";
import { idField, knownAtParameter, ledgerChoice } from "../fields.ts";
import { listQuery } from "../page-query.ts";
import type { DocumentedOperation, DocumentedParameter, Reference } from "./shape.ts";

const idempotencyKey = z
  .string()
  .min(1)
  .max(idempotencyKeyLengthMax)
  .openapi({
    description: `1 to ${idempotencyKeyLengthMax} printable ASCII characters, quoted or bare. Kept for 24 hours, for the operation in the ledger that it writes to, or else in the entity or site.`,
    example: "8e03978e-40d5-43e8-bc93-6894a57f9324",
  });
export const idempotencyHeader = z.object({ "Idempotency-Key": idempotencyKey.optional() });
export const requiredIdempotencyHeader = z.object({ "Idempotency-Key": idempotencyKey });
export const entityHeader = z.object({
  "x-organization-id": z.string().optional().openapi({
    description: "The entity whose books are meant, where neither path nor parameter names it.",
    example: "01980c1e-7e0c-7abc-9def-0123456789ab",
  }),
});

export const ifMatch: DocumentedParameter = {
  name: "If-Match",
  in: "header",
  description: "The ETag that the change is based on: refused with 412 where the resource has changed since.",
  schema: { type: "string" },
  example: '"3"',
};

export const companyId: DocumentedParameter = {
  name: "companyId",
  in: "path",
  required: true,
  description: "The entity whose books are meant.",
  schema: { type: "string", format: "uuid" },
  example: "01980c1e-7e0c-7abc-9def-0123456789ab",
};

/** The parameters that many operations take, each under the name of its component, which no schema and no answer has. */
function sharedParameters(): Record<string, DocumentedParameter> {
  const query = z.object({ ...listQuery, ...ledgerChoice, knownAt: knownAtParameter.optional() });
  const taken = written({ params: z.object({ id: idField, siteId: idField }), query, headers: [idempotencyHeader, entityHeader] });
  const named = (name: string) => {
    const found = taken.find((parameter) => parameter.name === name);
    if (found === undefined) throw new Error(`The generator wrote no parameter ${name}.`);
    return found;
  };
  return {
    CompanyId: companyId,
    Cursor: named("cursor"),
    EntityId: named("entityId"),
    Id: named("id"),
    IdempotencyKey: named("Idempotency-Key"),
    IfMatch: ifMatch,
    KnownAt: named("knownAt"),
    LedgerCurrency: named("currency"),
    LedgerId: named("ledgerId"),
    Limit: named("limit"),
    Offset: named("offset"),
    OrganizationId: named("x-organization-id"),
    PageSize: named("pageSize"),
    RequiredIdempotencyKey: { ...named("Idempotency-Key"), required: true },
    SiteId: named("siteId"),
    Sort: named("sort"),
  };
}

type RequestParameters = NonNullable<Parameters<OpenAPIRegistry["registerPath"]>[0]["request"]>;

/** Parameters as the generator writes those of an operation. */
function written(request: RequestParameters): DocumentedParameter[] {
  const registry = new OpenAPIRegistry();
  registry.registerPath({ method: "get", path: "/", request, responses: {} });
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: "3.1.0", info: { title: "", version: "" } });
  // No schema here is registered as a parameter, so that none is a reference.
  return (document.paths?.["/"]?.get?.parameters ?? []) as DocumentedParameter[];
}

/** Puts a reference in the place of every parameter that reads as the shared one does; what an operation describes in its own words stays. */
export function shareParameters(): {
  readonly parameters: Readonly<Record<string, DocumentedParameter>>;
  readonly shared: (operation: DocumentedOperation) => DocumentedOperation;
} {
  const parameters = sharedParameters();
  const nameOfText = new Map(Object.entries(parameters).map(([name, parameter]) => [JSON.stringify(parameter), name]));
  const reference = (parameter: DocumentedParameter | Reference): DocumentedParameter | Reference => {
    const name = nameOfText.get(JSON.stringify(parameter));
    return name === undefined ? parameter : { $ref: `#/components/parameters/${name}` };
  };
  return {
    parameters,
    shared: (operation) => (operation.parameters ? { ...operation, parameters: operation.parameters.map(reference) } : operation),
  };
}
