import type { Stamp } from "../pipeline.ts";

/** Says how far the request has seen the site's database. Sent back as X-Bookmark, the next request sees at least as much, wherever it is answered. */
export const bookmark: Stamp = (c, headers) => {
  const seen = c.get("context")?.seen();
  if (seen) headers.set("X-Bookmark", seen);
};
