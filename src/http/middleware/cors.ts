import type { MiddlewareHandler } from "hono";
import type { Env } from "../router.ts";

const exposed =
  "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit-Policy, Retry-After, ETag, Location, X-Idempotent-Replayed, X-Bookmark";

/**
 * Lets browsers call from the origins that the key's site lists (Fetch standard, §3.3).
 * A preflight carries no key, so it is answered alike for all: without a key nothing can be done, and without the site's consent nothing is read.
 */
export const cors: MiddlewareHandler<Env> = async (c, next) => {
  const origin = c.req.header("origin");
  if (c.req.method === "OPTIONS" && origin !== undefined && c.req.header("access-control-request-method") !== undefined) {
    return new Response(null, {
      status: 204,
      headers: {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers":
          "Authorization, X-API-Key, Content-Type, Idempotency-Key, If-Match, Prefer, X-Organization-Id, X-Bookmark, Accept",
        "Access-Control-Max-Age": "7200",
        Vary: "Origin",
      },
    });
  }
  await next();
  if (origin === undefined) return undefined;
  c.res.headers.append("Vary", "Origin");
  if (!c.get("context")?.site.origins.includes(origin)) return undefined;
  c.res.headers.set("Access-Control-Allow-Origin", origin);
  c.res.headers.set("Access-Control-Expose-Headers", exposed);
  return undefined;
};
