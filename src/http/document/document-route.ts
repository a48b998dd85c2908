import type { RouteConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "@hono/zod-openapi";
import { type FailureCode, failureKinds } from "../../kernel/failures.ts";
import { permissions } from "../../kernel/role.ts";
import { ErrorEnvelope, Problem } from "../errors.ts";
import type { AnyDefinition as AnyRoute } from "../route.ts";
import { companyTags } from "./tags.ts";

const idempotencyKey = z.string().min(1).max(255).openapi({
  description: "1 to 255 printable ASCII characters, quoted or bare. Kept for 24 hours.",
  example: "8e03978e-40d5-43e8-bc93-6894a57f9324",
});
const idempotencyHeader = z.object({ "Idempotency-Key": idempotencyKey.optional() });
const requiredIdempotencyHeader = z.object({ "Idempotency-Key": idempotencyKey });
const entityHeader = z.object({
  "x-organization-id": z.string().optional().openapi({
    description: "The entity whose books are meant, where neither path nor parameter names it.",
    example: "01980c1e-7e0c-7abc-9def-0123456789ab",
  }),
});

const csvFile = z.string().openapi({ description: "RFC 4180, with a header: a row for each row and total of the report." });

/** The answers of a route, and 200 where a repeated Idempotency-Key brings the first answer again. */
function withReplay({ answers, idempotency }: Pick<AnyRoute, "answers" | "idempotency">) {
  const first = answers[201] ?? answers[202];
  if (idempotency === undefined || first === undefined || answers[200] !== undefined) return answers;
  return { 200: { ...first, description: "The answer of the first request with this Idempotency-Key, byte for byte." }, ...answers };
}

/** The description, and which role the operation takes where not every key has it. */
function described({ description, permission }: Pick<AnyRoute, "description" | "permission">) {
  const role = permission === "public" ? "REVIEWER" : permissions[permission];
  const sentences = [...(description ? [description] : []), ...(role === "REVIEWER" ? [] : [`Takes the role ${role} or above.`])];
  return sentences.length === 0 ? {} : { description: sentences.join(" ") };
}

/** A route's entry in the document. */
export function documentRoute(definition: AnyRoute): RouteConfig {
  const refusals = new Set<FailureCode>(definition.refusals ?? []);
  if (definition.permission !== "public") for (const code of ["UNAUTHENTICATED", "FORBIDDEN"] as const) refusals.add(code);
  for (const code of ["VALIDATION_ERROR", "RATE_LIMITED", "INTERNAL"] as const) refusals.add(code);
  const namesCompany = definition.entity || companyTags.has(definition.tag);
  if (definition.params || namesCompany) refusals.add("NOT_FOUND");
  if (namesCompany) refusals.add("ENTITY_CONFLICT");
  if (definition.body) for (const code of ["BODY_NOT_JSON", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const) refusals.add(code);
  if (definition.entity) for (const code of ["ENTITY_REQUIRED", "ENTITY_FORBIDDEN", "REFERENCE_NOT_FOUND"] as const) refusals.add(code);
  if (definition.idempotency) for (const code of ["IDEMPOTENCY_KEY_INVALID", "IDEMPOTENCY_KEY_REUSED"] as const) refusals.add(code);
  if (definition.permission === "catalogue:write" || definition.idempotency === "site") refusals.add("SITE_MOVING");
  if (definition.idempotency === "required") refusals.add("IDEMPOTENCY_KEY_REQUIRED");
  const responses: Record<string, unknown> = {};
  for (const [status, answer] of Object.entries(withReplay(definition))) {
    responses[status] = answer.schema
      ? {
          description: answer.description,
          content: {
            [answer.mediaType ?? "application/json"]: {
              schema: answer.schema,
              ...(answer.example === undefined ? {} : { example: answer.example }),
            },
            ...(answer.csvExample === undefined ? {} : { "text/csv": { schema: csvFile, example: answer.csvExample } }),
          },
        }
      : { description: answer.description };
  }
  const byStatus = Map.groupBy([...refusals], (code) => failureKinds[code].status);
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    const first = codes[0] ?? "INTERNAL";
    responses[String(status)] ??= {
      description: codes.map((code) => `\`${code}\`: ${failureKinds[code].meaning}`).join("\n\n"),
      content: {
        "application/json": {
          schema: ErrorEnvelope,
          example: {
            error: {
              code: first,
              message: failureKinds[first].meaning,
              requestId: "req_01980c1e7e0c7abc9def0123456789ab",
              retryable: failureKinds[first].retryable,
              details: [],
            },
          },
        },
        "application/problem+json": { schema: Problem },
      },
    };
  }
  const headers = [
    ...(definition.idempotency ? [definition.idempotency === "required" ? requiredIdempotencyHeader : idempotencyHeader] : []),
    ...(definition.entity ? [entityHeader] : []),
  ];
  return {
    operationId: definition.operationId,
    method: definition.method,
    path: definition.path,
    tags: [definition.tag],
    summary: definition.summary,
    ...described(definition),
    ...(definition.permission === "public" ? { security: [] } : {}),
    request: {
      ...(definition.params ? { params: definition.params } : {}),
      ...(definition.query ? { query: definition.query } : {}),
      ...(headers.length > 0 ? { headers } : {}),
      ...(definition.body
        ? {
            body: {
              required: true,
              content: {
                "application/json": {
                  schema: definition.body,
                  ...(definition.bodyExample === undefined ? {} : { example: definition.bodyExample }),
                },
              },
            },
          }
        : {}),
    },
    responses,
  } as never;
}
