import type { Stamp, Step } from "../pipeline.ts";
import type { RouteTable } from "../route-table.ts";

const exposed =
  "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit-Policy, Retry-After, ETag, Location, X-Idempotent-Replayed, X-Bookmark, Content-Disposition";

/** A preflight carries no key, so it is answered alike for all: without a key nothing can be done, and without the site's consent nothing is read. */
export const preflight: Step = (c) => {
  if (c.req.method !== "OPTIONS") return undefined;
  const origin = c.req.header("origin");
  if (origin === undefined || c.req.header("access-control-request-method") === undefined) return undefined;
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
};

/** Lets browsers call from the origins that the key's site lists (Fetch standard, §3.3). */
export function corsHeaders({ isPublic }: Pick<RouteTable, "isPublic">): Stamp {
  return (c, headers) => {
    const origin = c.req.header("origin");
    if (origin === undefined) return;
    headers.append("Vary", "Origin");
    // What needs no key is open to every page: a browser adds nothing of its own to it.
    const site = c.get("context")?.site;
    if (site === undefined ? !isPublic(c.req.path, c.req.method) : !site.origins.includes(origin)) return;
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set("Access-Control-Expose-Headers", exposed);
  };
}
