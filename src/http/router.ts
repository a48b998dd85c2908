import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { METHOD_NAME_ALL } from "hono/router";
import { bodyBytesMax, publicBodyBytesMax } from "../kernel/bounds.ts";
import type { FailureCode } from "../kernel/failures.ts";
import type { Permission } from "../kernel/role.ts";
import type { OperationContext } from "../operation/context.ts";
import { entityInContext } from "../operation/entity.ts";
import type { Log } from "../platform/log.ts";
import { CachedRouter } from "./cached-router.ts";
import type { Tag } from "./document/tags.ts";
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

type Schema = z.ZodType;
type ParameterSchema = z.ZodObject;
/** Any route, whatever its input. */
export type AnyRoute = RouteDefinition<ParameterSchema | undefined, ParameterSchema | undefined, Schema | undefined>;

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
  /** What the document shows under these names, where the body's own schemas are made for speed and describe nothing. */
  readonly documentedSchemas?: Readonly<Record<string, Schema>>;
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
export const mounted: AnyRoute[] = [];

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
    const { entityId: path } = c.get("scope");
    const entityId =
      definition.entity || path !== undefined
        ? await entityInContext(c.get("context"), { path, header: c.req.header("x-organization-id"), query, body })
        : "";
    if (definition.idempotency) {
      claimIdempotency(c, definition, entityId, { params, query, body });
      const replay = definition.idempotency === "site" ? await replayFromSite(c) : undefined;
      if (replay) return replay;
    }
    return handler(c.get("context"), { params, query, body, entityId } as never, c as RequestContext);
  });
}
