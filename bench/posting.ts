/** Requests that post entries, to the product and to the floor. */
import { randomUUID } from "node:crypto";
import type { Api } from "../src/local/api-client.ts";
import type { PreparedRequest } from "./connection.ts";
import type { Books } from "./product.ts";

/** A source of requests: the bodies in turn, over and over, each time under a fresh idempotency key, random as the keys of clients are. */
export function postsTo(
  api: Required<Api>,
  books: Books,
  kind: "one" | "many" | "minimal",
  bodies: readonly Buffer[],
): () => PreparedRequest {
  const path = `/api/v1/companies/${books.entityId}/journal-entries${kind === "one" ? "" : "/batch"}`;
  const headers = {
    "content-type": "application/json",
    "x-api-key": api.key,
    ...(kind === "minimal" && { prefer: "return=minimal" }),
  };
  let sent = 0;
  return () => {
    const body = bodies[sent % bodies.length];
    sent += 1;
    return { method: "POST", path, headers: { ...headers, "idempotency-key": randomUUID() }, ...(body && { body }) };
  };
}

/** The same to an object of the floor. */
export function insertsTo(object: string, bodies: readonly Buffer[]): () => PreparedRequest {
  const headers = { "content-type": "application/json" };
  let sent = 0;
  return () => {
    const body = bodies[sent % bodies.length];
    sent += 1;
    return { method: "POST", path: `/?object=${object}`, headers, ...(body && { body }) };
  };
}

/** A source that ends when its bodies do: external ids are posted once. */
export function once(source: () => PreparedRequest, count: number): () => PreparedRequest | undefined {
  let left = count;
  return () => (left-- > 0 ? source() : undefined);
}
