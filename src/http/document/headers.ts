import type { DocumentedAnswer, Reference } from "./shape.ts";

export const componentHeaders = {
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
} as const;
type HeaderName = keyof typeof componentHeaders;

const onEveryAnswer: readonly HeaderName[] = [
  "X-Request-Id",
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "RateLimit-Policy",
];

/** The headers of a refusal, which its status decides. */
export function refusalHeaders(status: number): Record<string, Reference> {
  const names = [...onEveryAnswer];
  if (status === 401) names.push("WWW-Authenticate");
  if (status === 429 || status === 503) names.push("Retry-After");
  return references(names);
}

/** The headers of a success: what can be patched has a tag, what can be repeated says whether it was. */
export function successHeaders(
  status: string,
  answer: DocumentedAnswer,
  { isTagged, isRepeatable }: { readonly isTagged: boolean; readonly isRepeatable: boolean },
): Record<string, Reference> {
  const names = [...onEveryAnswer];
  if (status === "200" && isTagged) names.push("ETag");
  if (status === "200" && isRepeatable) names.push("X-Idempotent-Replayed");
  if (answer.content?.["text/csv"] !== undefined) names.push("Content-Disposition");
  if (status === "201" && isResource(answer)) names.push("Location");
  return references(names);
}

function references(names: readonly HeaderName[]): Record<string, Reference> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** One thing with an id, which can be read where it is; a batch or a firm's first sites cannot. */
function isResource({ content }: DocumentedAnswer): boolean {
  const example = content?.["application/json"]?.example;
  return typeof example === "object" && example !== null && "id" in example;
}
