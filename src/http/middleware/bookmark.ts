import type { MiddlewareHandler } from "hono";
import type { Env } from "../router.ts";

/** Says how far the request has seen the site's database. Sent back as X-Bookmark, the next request sees at least as much, wherever it is answered. */
export const bookmark: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  const seen = c.get("context")?.seen();
  if (seen) c.res.headers.set("X-Bookmark", seen);
};
