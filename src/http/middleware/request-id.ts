import type { MiddlewareHandler } from "hono";
import { logFor } from "../../platform/log.ts";
import type { Env } from "../router.ts";

/** A request's name: on its answer, in its errors, and in every entry that it posts. */
export function newRequestId(): string {
  return `req_${crypto.randomUUID().replaceAll("-", "")}`;
}

export const requestId: MiddlewareHandler<Env> = async (c, next) => {
  const id = newRequestId();
  c.set("requestId", id);
  c.set("log", logFor(id));
  await next();
  c.res.headers.set("X-Request-Id", id);
};
