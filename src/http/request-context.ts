import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { OperationContext } from "../operation/context.ts";
import type { Log } from "../platform/log.ts";

/** Where a request stands with the rate limit of its key. */
export interface RateLimit {
  /** Requests a minute. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until nothing of the limit is used; where a request was refused, until one is accepted again. */
  readonly resetMs: number;
}

/** What the steps leave for each other and for the routes. */
export interface Variables {
  requestId: string;
  log: Log;
  /** What the prefixes of a path of the API scope: `/sites/{siteId}/…` and `/companies/{companyId}/…`. */
  scope: { readonly siteId: string | undefined; readonly entityId: string | undefined } | undefined;
  /** Set once the request's key is known to be good. */
  context: OperationContext | undefined;
  rateLimit: RateLimit | undefined;
}
export type Env = { Bindings: Cloudflare.Env; Variables: Variables };
export type Router = OpenAPIHono<Env>;
export type RequestContext = Context<Env>;
