import { OpenAPIHono } from "@hono/zod-openapi";
import { METHOD_NAME_ALL } from "hono/router";
import { bodyBytesMax, publicBodyBytesMax } from "../kernel/bounds.ts";
import { anonymousContext } from "../operation/build-context.ts";
import type { AnonymousContext } from "../operation/context.ts";
import type { Call } from "../operation/invoke.ts";
import type { Revisions } from "../operation/revision.ts";
import { CachedRouter } from "./cached-router.ts";
import { revisionsIn } from "./etag.ts";
import { addressOf } from "./middleware/attempts.ts";
import type { Env, RequestContext, Router } from "./request-context.ts";
import { type AnyDefinition, type Route, takesNoBody } from "./route.ts";
import { pathReader, queryReader, readBody } from "./validate.ts";

/** `pathOf`: the route's own path of a request, without the prefixes that scope it. */
export function createRouter(pathOf: (request: Request) => string): Router {
  return new OpenAPIHono<Env>({ getPath: pathOf, router: new CachedRouter(([, { method }]) => method !== METHOD_NAME_ALL) });
}

/** Has a route answer at its paths. */
export function mount(router: Router, { definition, handle }: Route): void {
  const paths = [definition.path, ...(definition.alsoAt ?? [])].map((path) => patternOf(`/api/v1${path}`));
  const callFrom = callOf(definition, definition.permission === "public" ? publicBodyBytesMax : bodyBytesMax);
  router.on(definition.method.toUpperCase(), paths, (c) => handle(c.get("context") ?? contextWithoutKey(c), callFrom(c)));
}

/** A path in OpenAPI's form as the router writes it. */
export function patternOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** Makes a request the call of an operation. `bytesMax`: how long its body may be. */
export function callOf(definition: AnyDefinition, bytesMax: number): (c: RequestContext) => Call {
  const readers = readersOf(definition, bytesMax);
  return (c) => new RequestCall(c, readers);
}

/** What a request that carries no key works with. */
export function contextWithoutKey(c: RequestContext): AnonymousContext {
  return anonymousContext({
    env: c.env,
    requestId: c.get("requestId"),
    log: c.get("log"),
    address: addressOf(c),
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  });
}

interface Readers {
  readonly path: (c: RequestContext) => unknown;
  readonly query: (c: RequestContext) => unknown;
  readonly body: (c: RequestContext) => unknown;
}

function readersOf(definition: AnyDefinition, bytesMax: number): Readers {
  const { params, query, body, readPlain } = definition;
  return {
    path: pathReader(params),
    query: queryReader(query),
    body: (c) => body && readBody(c, body, { bytesMax, readPlain, takesNone: () => takesNoBody(definition) }),
  };
}

/** A request as an operation is called: each part is read when it is asked for. A class, because one is made for every request. */
class RequestCall implements Call {
  readonly #c: RequestContext;
  readonly #readers: Readers;

  constructor(c: RequestContext, readers: Readers) {
    this.#c = c;
    this.#readers = readers;
  }

  params(): unknown {
    return this.#readers.path(this.#c);
  }

  query(): unknown {
    return this.#readers.query(this.#c);
  }

  body(): unknown {
    return this.#readers.body(this.#c);
  }

  get companyId(): string | undefined {
    return this.#c.get("scope")?.entityId;
  }

  get organizationId(): string | undefined {
    return this.#c.req.header("x-organization-id");
  }

  get idempotencyKey(): string | undefined {
    const header = this.#c.req.header("idempotency-key");
    return header === undefined ? undefined : unquoted(header);
  }

  get revisions(): Revisions | undefined {
    return revisionsIn(this.#c.req.header("if-match"));
  }

  get minimal(): boolean {
    return prefersMinimal(this.#c.req.header("prefer"));
  }
}

/** The Idempotency-Key as the client means it: bare, or quoted as a string of structured fields (RFC 9651). */
function unquoted(header: string): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  return quoted === undefined ? header : quoted.replace(/\\(["\\])/g, "$1");
}

/** Whether the Prefer header (RFC 7240) asks for the short answer. */
function prefersMinimal(prefer: string | undefined): boolean {
  return prefer?.split(",").some((preference) => /^\s*return\s*=\s*"?minimal"?\s*(?:;|$)/i.test(preference)) ?? false;
}
