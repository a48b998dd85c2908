/** A body is read no further than its bound, whatever its sender says of its length, and not at all for whoever may not send it. */

import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { canonicalPath } from "../../src/http/aliases.ts";
import { CachedRouter } from "../../src/http/cached-router.ts";
import worker from "../../src/index.ts";
import { bodyBytesMax, publicBodyBytesMax } from "../../src/kernel/bounds.ts";
import { newSite } from "../support/site.ts";

afterEach(() => vi.restoreAllMocks());

const chunkBytes = 64 * 1024;
/** What may be on its way between the sender and the reader when the reader has had enough. */
const onItsWay = 4 * chunkBytes;

/** A body in chunks without a length, and how much of it was taken. */
function chunked(bytesMax: number, opening = "") {
  let sent = 0;
  const body = new ReadableStream({
    type: "bytes",
    pull(controller: ReadableByteStreamController) {
      const isFirst = sent === 0;
      const chunk = new Uint8Array(Math.min(chunkBytes, bytesMax - sent)).fill(0x20);
      if (isFirst) chunk.set(new TextEncoder().encode(opening));
      sent += chunk.length;
      controller.enqueue(chunk);
      if (sent >= bytesMax) controller.close();
    },
  } satisfies UnderlyingByteSource);
  return { body, sent: () => sent };
}

async function send(method: string, path: string, headers: Record<string, string>, body: ReadableStream<Uint8Array>) {
  const ctx = createExecutionContext();
  const request = new Request(`https://countinghouse.test/api/v1${path}`, { method, headers, body });
  const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], env, ctx);
  const answer = { status: response.status, code: ((await response.json()) as { error?: { code: string } }).error?.code };
  await waitOnExecutionContext(ctx);
  return answer;
}

const json = { "content-type": "application/json" };
const endless = 300 * 1024 * 1024;

describe("a body in chunks of 300 MiB", () => {
  test("is read up to 8 MiB under a key", async () => {
    const { api } = await newSite();
    const { body, sent } = chunked(endless);
    expect(await send("POST", "/entities", { ...json, "x-api-key": api.key }, body)).toEqual({ status: 413, code: "BODY_TOO_LARGE" });
    expect(sent()).toBeGreaterThan(bodyBytesMax);
    expect(sent()).toBeLessThanOrEqual(bodyBytesMax + onItsWay);
  });

  test.each(["/signup", "/auth/token"])("is read up to 16 KiB by %s, which takes no key", async (path) => {
    const { body, sent } = chunked(endless);
    const from = { "cf-connecting-ip": "192.0.2.88" };
    expect(await send("POST", path, { ...json, ...from }, body)).toEqual({ status: 413, code: "BODY_TOO_LARGE" });
    expect(sent()).toBeLessThanOrEqual(publicBodyBytesMax + onItsWay);
  });

  test.each([
    ["without a key", "/entities", {}, 401],
    ["under a key that is none", "/entities", { "x-api-key": "wrong" }, 401],
    ["for no route", "/nothing-here", {}, 404],
    ["for another method", "/health", {}, 405],
  ])("is not read %s", async (_, path, headers, status) => {
    const { body, sent } = chunked(endless);
    expect((await send("POST", path, { ...json, ...headers, "cf-connecting-ip": "192.0.2.89" }, body)).status).toBe(status);
    expect(sent()).toBeLessThanOrEqual(chunkBytes);
  });

  test("is not read in another media type, nor by a route that takes no body", async () => {
    const { api } = await newSite();
    for (const [path, type, status] of [
      ["/entities", "text/plain", 415],
      [`/tokens/${crypto.randomUUID()}/revoke-nothing`, "application/json", 404],
    ] as const) {
      const { body, sent } = chunked(endless);
      expect((await send("POST", path, { "content-type": type, "x-api-key": api.key }, body)).status).toBe(status);
      expect(sent()).toBeLessThanOrEqual(chunkBytes);
    }
  });
});

test("a body in chunks within the bound is read whole", async () => {
  const { api } = await newSite();
  const name = "x".repeat(150);
  for (const bytes of [publicBodyBytesMax, chunkBytes, chunkBytes + 1, 3 * chunkBytes - 7, bodyBytesMax]) {
    const { body, sent } = chunked(bytes, `{"name":"${name}","functionalCurrency":"USD"}`);
    expect((await send("POST", "/entities", { ...json, "x-api-key": api.key }, body)).status).toBe(201);
    expect(sent()).toBe(bytes);
  }
  const { body } = chunked(bodyBytesMax + 1, `{"name":"${name}","functionalCurrency":"USD"}`);
  expect((await send("POST", "/entities", { ...json, "x-api-key": api.key }, body)).status).toBe(413);
});

test("a stated length beyond the bound is refused unread, on public routes at theirs", async () => {
  const { api } = await newSite();
  for (const [path, headers, length] of [
    ["/entities", { "x-api-key": api.key }, bodyBytesMax + 1],
    ["/signup", { "cf-connecting-ip": "192.0.2.90" }, publicBodyBytesMax + 1],
  ] as const) {
    const { body, sent } = chunked(length);
    expect(await send("POST", path, { ...json, ...headers, "content-length": String(length) }, body)).toEqual({
      status: 413,
      code: "BODY_TOO_LARGE",
    });
    expect(sent()).toBeLessThanOrEqual(chunkBytes);
  }
});

test("a body that breaks off is no body", async () => {
  const { api } = await newSite();
  let isFirst = true;
  const body = new ReadableStream({
    type: "bytes",
    pull(controller: ReadableByteStreamController) {
      if (!isFirst) return controller.error(new Error("the sender has gone"));
      isFirst = false;
      controller.enqueue(new TextEncoder().encode('{"name":"A","functionalCurrency":"USD"}'));
    },
  });
  expect(await send("POST", "/entities", { ...json, "x-api-key": api.key }, body)).toEqual({ status: 400, code: "BODY_NOT_JSON" });
  expect((await api.get("/entities")).body.totalCount).toBe(0);
});

describe("what a client calls a path", () => {
  const isSame = <T>(read: () => T) => {
    const first = read();
    return read() === first;
  };
  const isCached = (router: CachedRouter<string>, path: string) => isSame(() => router.match("GET", path));

  test("is cached where it has a route and is short, and nowhere else", () => {
    const router = new CachedRouter<string>((handler) => handler !== "every");
    router.add("ALL", "*", "every");
    router.add("GET", "/things/:id", "thing");
    expect(isCached(router, "/things/1")).toBe(true);
    expect(isCached(router, `/things/${"1".repeat(15_000)}`)).toBe(false);
    expect(isCached(router, "/nothing")).toBe(false);
  });

  test("has its meaning cached on the same terms", () => {
    const isRouted = (path: string) => path === "/api/v1/cached-here" || path.endsWith("/long");
    const same = (path: string) => isSame(() => canonicalPath(path, isRouted));
    expect(same("/v2/ledger/api/v1/cached-here")).toBe(true);
    expect(same("/v2/ledger/api/v1/never-cached")).toBe(false);
    expect(same(`/api/v1/${"x".repeat(15_000)}/long`)).toBe(false);
    expect(canonicalPath("/v2/ledger/api/v1/cached-here", isRouted)).toEqual({
      path: "/api/v1/cached-here",
      siteId: undefined,
      entityId: undefined,
    });
  });
});
