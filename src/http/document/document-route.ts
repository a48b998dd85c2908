import type { RouteConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "@hono/zod-openapi";
import { permissions } from "../../kernel/role.ts";
import { type AnyDefinition, takesNoBody } from "../route.ts";
import { entityHeader, idempotencyHeader, requiredIdempotencyHeader } from "./parameters.ts";

const csvFile = z.string().openapi({ description: "RFC 4180, with a header: a row for each row and total of the report." });

/** The answers of a route, and 200 where a repeated Idempotency-Key brings the first answer again. */
function withReplay({ answers, idempotency }: Pick<AnyDefinition, "answers" | "idempotency">) {
  const first = answers[201] ?? answers[202];
  if (idempotency === undefined || first === undefined || answers[200] !== undefined) return answers;
  return { 200: { ...first, description: "The answer of the first request with this Idempotency-Key, byte for byte." }, ...answers };
}

/** The description, and which role the operation requires where not every key has it. */
function described({
  description,
  permission,
  permissionInSession,
}: Pick<AnyDefinition, "description" | "permission" | "permissionInSession">) {
  const role = permission === "public" ? "REVIEWER" : permissions[permission];
  const inSession =
    permissionInSession === undefined
      ? ""
      : `, or, for what is the user's own, a session of the role ${permissions[permissionInSession]} or above`;
  const sentences = [
    ...(description ? [description] : []),
    ...(role === "REVIEWER" ? [] : [`Takes the role ${role} or above${inSession}.`]),
  ];
  return sentences.length === 0 ? {} : { description: sentences.join(" ") };
}

/** What the generator is given of a route: its request and its successes. Its refusals are references, which need no generator. */
export function documentRoute(definition: AnyDefinition): RouteConfig {
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
              required: !takesNoBody(definition),
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
