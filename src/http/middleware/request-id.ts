import { compactId } from "../../kernel/id.ts";
import { logFor } from "../../platform/log.ts";
import type { Stamp, Step } from "../pipeline.ts";

/** A request's name: on its answer, in its errors, and in every entry that it posts. */
export function newRequestId(): string {
  return `req_${compactId(crypto.randomUUID())}`;
}

export const requestId: Step = (c) => {
  const id = newRequestId();
  c.set("requestId", id);
  c.set("log", logFor(id));
  return undefined;
};

export const requestIdHeader: Stamp = (c, headers) => headers.set("X-Request-Id", c.get("requestId"));
