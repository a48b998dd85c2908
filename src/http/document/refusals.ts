import { type FailureCode, type FailureStatus, failureKinds } from "../../kernel/failures.ts";
import { mayWrite } from "../may-write.ts";
import type { AnyDefinition } from "../route.ts";
import { refusalHeaders } from "./headers.ts";
import type { DocumentedAnswer, Reference } from "./shape.ts";
import { isUnderCompany, type Tags } from "./tags.ts";

/** The shared answer of each status, named as RFC 9110 names it, so that no name changes when an operation gets a code more. */
const answerNames = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  409: "Conflict",
  412: "PreconditionFailed",
  413: "ContentTooLarge",
  414: "UriTooLong",
  415: "UnsupportedMediaType",
  422: "UnprocessableContent",
  428: "PreconditionRequired",
  429: "TooManyRequests",
  500: "InternalServerError",
  501: "NotImplemented",
  503: "ServiceUnavailable",
} as const satisfies Record<FailureStatus, string>;

/** Every code with which a route may refuse, by status: those that it names, and those that its way there has. */
function refusalsOf(route: AnyDefinition, tags: Tags): ReadonlyMap<FailureStatus, readonly FailureCode[]> {
  const codes = new Set<FailureCode>(route.refusals ?? []);
  if (route.permission !== "public") for (const code of ["UNAUTHENTICATED", "FORBIDDEN"] as const) codes.add(code);
  if (route.permission !== "public" && route.permission !== "self") codes.add("PASSWORD_CHANGE_REQUIRED");
  for (const code of ["VALIDATION_ERROR", "RATE_LIMITED", "INTERNAL"] as const) codes.add(code);
  const namesCompany = route.entity || isUnderCompany(tags, route);
  if (route.params || namesCompany) codes.add("NOT_FOUND");
  if (namesCompany) codes.add("ENTITY_CONFLICT");
  if (route.body) for (const code of ["BODY_NOT_JSON", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const) codes.add(code);
  if (route.entity) for (const code of ["ENTITY_REQUIRED", "ENTITY_FORBIDDEN", "REFERENCE_NOT_FOUND"] as const) codes.add(code);
  if (route.idempotency) for (const code of ["IDEMPOTENCY_KEY_INVALID", "IDEMPOTENCY_KEY_REUSED"] as const) codes.add(code);
  if (route.permission === "catalogue:write" || route.idempotency === "site") codes.add("SITE_MOVING");
  if (route.idempotency === "required") codes.add("IDEMPOTENCY_KEY_REQUIRED");
  if (mayWrite(route.method.toUpperCase(), route.path)) for (const code of ["STORAGE_FULL", "CLOCK"] as const) codes.add(code);
  const byStatus = Map.groupBy(inOrder(codes), (code) => failureKinds[code].status);
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

/** In the order of the catalogue, so that the same codes read the same everywhere. */
function inOrder(codes: ReadonlySet<FailureCode>): FailureCode[] {
  return allCodes.filter((code) => codes.has(code));
}
// The catalogue's keys are its codes; Object.keys has the type of any object's.
const allCodes = Object.keys(failureKinds) as FailureCode[];

/** What an operation of the document says of its refusals: its own codes, and the answers that all operations share. */
export function documentRefusals(
  route: AnyDefinition,
  tags: Tags,
): {
  readonly responses: Readonly<Record<string, Reference>>;
  readonly "x-error-codes": Readonly<Record<string, readonly FailureCode[]>>;
} {
  const refusals = refusalsOf(route, tags);
  return {
    responses: Object.fromEntries(
      [...refusals].map(([status, codes]) => [
        status,
        // OpenAPI 3.1 §4.8.23: a description beside a reference takes the place of the one there.
        { $ref: `#/components/responses/${answerNames[status]}`, description: describe(codes) },
      ]),
    ),
    "x-error-codes": Object.fromEntries(refusals),
  };
}

/** The shared answers to refusals: of each status that some route answers, with an example of every code that one of them has. */
export function refusalAnswers(routes: readonly AnyDefinition[], tags: Tags): Record<string, DocumentedAnswer> {
  const codes = new Set(routes.flatMap((route) => [...refusalsOf(route, tags).values()].flat()));
  const byStatus = Map.groupBy(inOrder(codes), (code) => failureKinds[code].status);
  return Object.fromEntries([...byStatus].map(([status, ofStatus]) => [answerNames[status], refusalAnswer(status, ofStatus)]));
}

function refusalAnswer(status: FailureStatus, codes: readonly FailureCode[]): DocumentedAnswer {
  return {
    description: `One of these codes; \`x-error-codes\` of the operation names its own.\n\n${describe(codes)}`,
    headers: refusalHeaders(status),
    content: {
      "application/json": {
        schema: { $ref: "#/components/schemas/Error" },
        examples: Object.fromEntries(codes.map((code) => [code, exampleOf(code)])),
      },
      "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
    },
  };
}

function describe(codes: readonly FailureCode[]): string {
  return codes.map((code) => `\`${code}\`: ${failureKinds[code].meaning}`).join("\n\n");
}

function exampleOf(code: FailureCode) {
  const { meaning, retryable } = failureKinds[code];
  return { value: { error: { code, message: meaning, requestId: "req_01980c1e7e0c7abc9def0123456789ab", retryable, details: [] } } };
}
