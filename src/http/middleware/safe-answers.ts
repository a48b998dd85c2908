import type { Stamp } from "../pipeline.ts";

/** A year, the least that browsers' lists take; nothing is said of the domains below, which are not this installation's alone. */
export const strictTransport = "max-age=31536000";

/**
 * What no cache may store and no browser guess: whoever repeats a request meets what it answered, a secret shown once for one. Pages and files say by
 * themselves how long they last.
 */
export const safeAnswers: Stamp = (c, headers) => {
  headers.set("X-Content-Type-Options", "nosniff");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  // RFC 6797 §7.2: not over plain HTTP, where browsers do not listen to it.
  if (c.req.url.startsWith("https:")) headers.set("Strict-Transport-Security", strictTransport);
};
