import { type createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { METHOD_NAME_ALL } from "hono/router";
import { bodyBytesMax, publicBodyBytesMax } from "../kernel/bounds.ts";
import { type FailureCode, failureKinds } from "../kernel/failures.ts";
import { type Permission, permissions } from "../kernel/role.ts";
import type { OperationContext } from "../operation/context.ts";
import { entityOf } from "../operation/entity.ts";
import type { Log } from "../platform/log.ts";
import { CachedRouter } from "./cached-router.ts";
import { ErrorEnvelope, Problem } from "./errors.ts";
import { claimIdempotency, replayFromSite } from "./middleware/idempotency.ts";
import type { RateLimit } from "./middleware/rate-limit.ts";
import { requireRole } from "./middleware/role.ts";
import { pathReader, queryReader, readBody } from "./validate.ts";

/** What the middleware leaves for the handlers. */
export interface Variables {
  requestId: string;
  log: Log;
  /** What the path's prefixes scope: `/sites/{siteId}/…` and `/companies/{companyId}/…`. */
  scope: { readonly siteId: string | undefined; readonly entityId: string | undefined };
  context: OperationContext;
  rateLimit: RateLimit | undefined;
}
export type Env = { Bindings: Cloudflare.Env; Variables: Variables };
export type Router = OpenAPIHono<Env>;
export type RequestContext = Context<Env>;

export const tags = {
  Sites: "ledger",
  Keys: "ledger",
  Users: "ledger",
  Metadata: "events",
  Entities: "ledger",
  Ledgers: "ledger",
  Accounts: "ledger",
  Balances: "balances",
  Journal: "books",
  Holds: "ledger",
  Periods: "books",
  Reports: "books",
  Health: "ledger",
} as const;
export type Tag = keyof typeof tags;
/** Operations that work on one entity's books are shown below the company. */
export const companyTags: ReadonlySet<string> = new Set<Tag>(["Journal", "Periods", "Reports"]);
type Schema = z.ZodType;
type ParameterSchema = z.ZodObject;

export interface RouteDefinition<
  P extends ParameterSchema | undefined,
  Q extends ParameterSchema | undefined,
  B extends Schema | undefined,
  T = never,
> {
  readonly operationId: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below `/api/v1`, in OpenAPI's form: `/accounts/{id}`. */
  readonly path: `/${string}`;
  /** Other paths of the same operation. The document shows the first only. */
  readonly alsoAt?: readonly `/${string}`[];
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** `public` routes take no key. */
  readonly permission: Permission | "public";
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Reads bodies that are plainly valid from their text and its bytes, in a form of its own, where parsing and the schema cost too much; what it answers undefined to goes the way of the others. */
  readonly readPlain?: (text: string, bytes: Uint8Array) => T | undefined;
  readonly bodyExample?: unknown;
  /** How the operation uses Idempotency-Key: where its effect is in the site's database, the router answers replays itself. */
  readonly idempotency?: "required" | "accepted" | "site";
  /** The operation works on one entity's books: resolved before the handler and documented as a parameter. */
  readonly entity?: boolean;
  /** Shown under `/companies/{companyId}` in the document. */
  readonly answers: {
    readonly [status: number]: {
      readonly schema?: Schema;
      readonly description: string;
      readonly example?: unknown;
      readonly mediaType?: string;
      /** The operation answers the same as a CSV file too, where `format=csv` asks for it: an example of one. */
      readonly csvExample?: string;
    };
  };
  readonly refusals?: readonly FailureCode[];
}

export interface Input<P, Q, B, T = never> {
  readonly params: P extends Schema ? z.output<P> : undefined;
  readonly query: Q extends Schema ? z.output<Q> : undefined;
  readonly body: B extends Schema ? z.output<B> | T : undefined;
  /** The entity in context, where the route asks for one. */
  readonly entityId: string;
}

type Handler<P, Q, B, T> = (context: OperationContext, input: Input<P, Q, B, T>, c: RequestContext) => Promise<Response>;

/** Every route of the API as it was mounted, for the document and for tests that walk them. */
export const mounted: RouteDefinition<ParameterSchema | undefined, ParameterSchema | undefined, Schema | undefined>[] = [];

/** `pathOf`: the route's own path of a request, without the prefixes that scope it. */
export function createRouter(pathOf: (request: Request) => string): Router {
  router = new OpenAPIHono<Env>({ getPath: pathOf, router: new CachedRouter() });
  return router;
}
let router: Router | undefined;

interface Pattern {
  readonly method: string;
  readonly path: RegExp;
}

/** The routes as patterns, those beside the API too, for what is asked of a path before or after routing. */
function patterns(): readonly Pattern[] {
  const routes = router?.routes ?? [];
  if (compiledFrom !== routes.length) {
    compiledFrom = routes.length;
    compiled = routes
      .filter(({ method }) => method !== METHOD_NAME_ALL)
      .map(({ method, path }) => ({ method, path: new RegExp(`^${path.replace(/:\w+/g, "[^/]+").replace(/\*$/, ".*")}$`) }));
  }
  return compiled;
}
let compiled: readonly Pattern[] = [];
let compiledFrom = 0;

/** The methods that a path has routes for. */
export function methodsOf(path: string): string[] {
  return [
    ...new Set(
      patterns()
        .filter((pattern) => pattern.path.test(path))
        .map((pattern) => pattern.method),
    ),
  ];
}

/** Whether the route takes no key. No public route has a parameter. */
export function isPublicRoute(path: string, method: string): boolean {
  return publicRoutes.has(`${method === "HEAD" ? "GET" : method} ${path}`);
}
const publicRoutes = new Set<string>();

/**
 * Mounts a route: role → parameters → entity → body → idempotency → operation, in this order.
 * The document's entry comes from the same definition.
 */
export function mount<
  P extends ParameterSchema | undefined = undefined,
  Q extends ParameterSchema | undefined = undefined,
  B extends Schema | undefined = undefined,
  T = never,
>(router: Router, definition: RouteDefinition<P, Q, B, T>, handler: Handler<P, Q, B, T>): void {
  mounted.push(definition as never);
  if (definition.permission === "public") publicRoutes.add(`${definition.method.toUpperCase()} /api/v1${definition.path}`);
  router.openAPIRegistry.registerPath(documentRoute(definition as never));
  const paths = [definition.path, ...(definition.alsoAt ?? [])].map((path) => `/api/v1${path.replace(/\{(\w+)\}/g, ":$1")}`);
  const readPath = pathReader(definition.params);
  const readQuery = queryReader(definition.query);
  router.on(definition.method.toUpperCase(), paths, async (c) => {
    if (definition.permission !== "public") requireRole(c, definition.permission);
    const params = readPath(c);
    const query = readQuery(c);
    const body = definition.body
      ? await readBody(c, definition.body, definition.permission === "public" ? publicBodyBytesMax : bodyBytesMax, definition.readPlain)
      : undefined;
    // A path that names a company names one that exists, whether or not the route works on its books.
    const entityId = definition.entity || c.get("scope").entityId !== undefined ? await entityOf(c, query, body) : "";
    if (definition.idempotency) {
      claimIdempotency(c, definition, entityId, { params, query, body });
      const replay = definition.idempotency === "site" ? await replayFromSite(c) : undefined;
      if (replay) return replay;
    }
    return handler(c.get("context"), { params, query, body, entityId } as never, c as RequestContext);
  });
}

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
function withReplay({ answers, idempotency }: Pick<RouteDefinition<undefined, undefined, undefined>, "answers" | "idempotency">) {
  const first = answers[201] ?? answers[202];
  if (idempotency === undefined || first === undefined || answers[200] !== undefined) return answers;
  return { 200: { ...first, description: "The answer of the first request with this Idempotency-Key, byte for byte." }, ...answers };
}

/** The description, and which role the operation takes where not every key has it. */
function described({ description, permission }: Pick<RouteDefinition<undefined, undefined, undefined>, "description" | "permission">) {
  const role = permission === "public" ? "REVIEWER" : permissions[permission];
  const sentences = [...(description ? [description] : []), ...(role === "REVIEWER" ? [] : [`Takes the role ${role} or above.`])];
  return sentences.length === 0 ? {} : { description: sentences.join(" ") };
}

function documentRoute(
  definition: RouteDefinition<ParameterSchema | undefined, ParameterSchema | undefined, Schema | undefined>,
): Parameters<typeof createRoute>[0] {
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
