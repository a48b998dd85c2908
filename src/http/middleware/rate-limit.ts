import type { Stamp } from "../pipeline.ts";

/** Puts the rate limit of the request's key on its answer, whatever it is. `RateLimit` itself stays off: beside it, clients' parsers read nothing. */
export const rateLimitHeaders: Stamp = (c, headers) => {
  const limit = c.get("rateLimit");
  if (limit === undefined) return;
  headers.set("X-RateLimit-Limit", String(limit.limit));
  headers.set("X-RateLimit-Remaining", String(Math.max(0, Math.min(limit.limit, limit.remaining))));
  headers.set("X-RateLimit-Reset", String(Math.ceil((Date.now() + limit.resetMs) / 1000)));
  headers.set("RateLimit-Policy", `"default";q=${limit.limit};w=60`);
};
