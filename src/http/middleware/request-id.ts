import type { MiddlewareHandler } from "hono";
import { logFor } from "../../platform/log.ts";
import type { Env } from "../router.ts";

const random = new Uint8Array(16);

/** A request's name: on its answer, in its errors, and in every entry that it posts. */
export function newRequestId(): string {
  crypto.getRandomValues(random);
  let text = "req_";
  for (const byte of random) text += byte.toString(16).padStart(2, "0");
  return text;
}

export const requestId: MiddlewareHandler<Env> = async (c, next) => {
  const id = newRequestId();
  c.set("requestId", id);
  c.set("log", logFor(id));
  await next();
  c.res.headers.set("X-Request-Id", id);
};
