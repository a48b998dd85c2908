import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { operator } from "../support/operator.ts";
import { apiWith, newSite, request, type Site } from "../support/site.ts";

const second = 1000;
const start = Date.UTC(2026, 5, 8, 9, 30);
let now = start;

/** Stops the clock of the edge and of the Access objects: both read it each time. */
function holdClock(): void {
  now = start;
  vi.spyOn(Date, "now").mockImplementation(() => now);
}
afterEach(() => vi.restoreAllMocks());

const accessOf = (tokenId: string) => env.ACCESS.getByName(tokenId);

async function limitedSite(plan: number): Promise<Site> {
  const site = await newSite();
  await accessOf(site.tokenId).setPlan(plan);
  return site;
}

describe("a key", () => {
  test("is taken as X-API-Key and as a bearer token", async () => {
    const { api } = await newSite();
    expect((await api.get("/me")).status).toBe(200);
    expect((await request("GET", "/api/v1/me", { authorization: `Bearer ${api.key}` })).status).toBe(200);
    expect((await request("GET", "/api/v1/me", { authorization: `bearer ${api.key}` })).status).toBe(200);
  });

  test.each([
    ["none", () => undefined],
    ["an empty one", () => ""],
    ["a word", () => "letmein"],
    ["one of another environment", (key: string) => key.replace("ch_test_", "ch_live_")],
    ["one with another secret", (key: string) => `${key.slice(0, -2)}${key.endsWith("AA") ? "BB" : "AA"}`],
    ["one with an id that nobody made", (key: string) => key.replace(/_[0-9a-f]{32}_/, `_${crypto.randomUUID().replaceAll("-", "")}_`)],
    ["one that goes on", (key: string) => `${key}A`],
  ])("that is no good (%s) is answered with 401 and nothing about why", async (name, change) => {
    const { api } = await newSite();
    const key = change(api.key);
    const answer = await request("GET", "/api/v1/me", {
      "cf-connecting-ip": `bad key ${name}`,
      ...(key === undefined ? {} : { "x-api-key": key }),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    expect(answer.body.error).toMatchObject({ code: "UNAUTHENTICATED", retryable: false, details: [] });
  });

  test("with an id that nobody made leaves nothing behind in its object", async () => {
    const { runInDurableObject } = await import("cloudflare:test");
    const tokenId = crypto.randomUUID();
    const key = `ch_test_${tokenId.replaceAll("-", "")}_${"A".repeat(43)}`;
    expect((await request("GET", "/api/v1/me", { "x-api-key": key, "cf-connecting-ip": "nobody" })).status).toBe(401);
    await runInDurableObject(accessOf(tokenId), async (_object, state) => {
      expect((await state.storage.list()).size).toBe(0);
      expect(await state.storage.getAlarm()).toBeNull();
    });
  });

  test("is kept only as a hash: neither the directory nor its object holds the secret", async () => {
    const { runInDurableObject } = await import("cloudflare:test");
    const { api, tokenId } = await newSite();
    const secret = api.key.slice(-43);
    const rows = await env.DIRECTORY.prepare("SELECT * FROM tokens WHERE id = ?").bind(tokenId).all();
    expect(rows.results.length).toBe(1);
    expect(JSON.stringify(rows.results)).not.toContain(secret);
    await runInDurableObject(accessOf(tokenId), async (_object, state) => {
      const stored = JSON.stringify([...(await state.storage.list())]);
      expect(stored).toContain(tokenId);
      expect(stored).not.toContain(secret);
    });
  });
});

describe("a lease", () => {
  test("lets a key that was revoked elsewhere go on for less than five seconds", async () => {
    holdClock();
    const { api, tokenId } = await newSite();
    expect((await api.get("/me")).status).toBe(200);
    await accessOf(tokenId).revoke();
    now += 5 * second - 1;
    expect((await api.get("/me")).status).toBe(200);
    now += 1;
    expect((await api.get("/me")).status).toBe(401);
  });

  test("is not lengthened by a clock that steps back", async () => {
    holdClock();
    const { api, tokenId } = await newSite();
    expect((await api.get("/me")).status).toBe(200);
    await accessOf(tokenId).revoke();
    now -= 3600 * second;
    expect((await api.get("/me")).status).toBe(401);
  });

  test("does not outlive the key's expiry", async () => {
    holdClock();
    const { api } = await newSite();
    const brief = await api.withRole("REVIEWER", { expiresAt: new Date(now + 2 * second).toISOString() });
    expect((await brief.get("/me")).status).toBe(200);
    now += 2 * second - 1;
    expect((await brief.get("/me")).status).toBe(200);
    now += 1;
    expect((await brief.get("/me")).status).toBe(401);
  });

  test("of one isolate is asked for once by all the requests that wait for it", async () => {
    holdClock();
    const { api, tokenId } = await limitedSite(1000);
    const lease = vi.spyOn(Object.getPrototypeOf(await instanceOf(tokenId)), "lease");
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.get("/me")));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(lease).toHaveBeenCalledTimes(1);
  });

  test("notes the key's last use, at most once a minute", async () => {
    holdClock();
    const { api, tokenId } = await newSite();
    const lastUse = async () => (await api.get("/tokens")).body.data.find((token: { id: string }) => token.id === tokenId).lastUsedAt;
    await api.get("/me");
    await vi.waitFor(async () => expect(await lastUse()).toBe(new Date(start).toISOString()));
    now += 59 * second;
    await api.get("/me");
    expect(await lastUse()).toBe(new Date(start).toISOString());
    now += 1 * second + 5 * second;
    await api.get("/me");
    await vi.waitFor(async () => expect(await lastUse()).toBe(new Date(now).toISOString()));
  });
});

async function instanceOf(tokenId: string): Promise<object> {
  const { runInDurableObject } = await import("cloudflare:test");
  return new Promise((resolve, reject) => {
    runInDurableObject(accessOf(tokenId), (object) => resolve(object)).catch(reject);
  });
}

describe("the rate limit", () => {
  test("takes twice the plan at once, then as many as time refills, and says so on every answer", async () => {
    holdClock();
    const { api } = await limitedSite(100);
    for (let sent = 1; sent <= 200; sent += 1) {
      const answer = await api.get(sent % 2 === 0 ? "/me" : "/no-such-route");
      expect(answer.status).not.toBe(429);
      expect(answer.headers.get("x-ratelimit-limit")).toBe("100");
      expect(answer.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
      expect(answer.headers.get("x-ratelimit-remaining")).toBe(String(Math.min(100, 200 - sent)));
      expect(Number(answer.headers.get("x-ratelimit-reset"))).toBe(Math.ceil(now / second + (sent * 60) / 100));
    }
    const refused = await api.get("/me");
    expect(refused.status).toBe(429);
    expect(refused.body.error).toMatchObject({ code: "RATE_LIMITED", retryable: true });
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(refused.headers.get("retry-after")).toBe("1");
    now += 600;
    expect((await api.get("/me")).status).toBe(200);
    expect((await api.get("/me")).status).toBe(429);
  });

  test("counts each of many requests at once", async () => {
    holdClock();
    const { api } = await limitedSite(20);
    const answers = await Promise.all(Array.from({ length: 100 }, () => api.get("/me")));
    expect(answers.filter((answer) => answer.status === 200).length).toBe(40);
    expect(answers.filter((answer) => answer.status === 429).length).toBe(60);
  });

  test("of one key leaves another key of the site alone", async () => {
    holdClock();
    const { api, tokenId } = await newSite();
    const other = await api.withRole("REVIEWER");
    await accessOf(tokenId).setPlan(1);
    now += 5 * second;
    while ((await api.get("/me")).status === 200);
    expect((await other.get("/me")).status).toBe(200);
  });

  test("keeps a key's plan through its rotation", async () => {
    const { api, tokenId } = await newSite();
    await accessOf(tokenId).setPlan(500);
    const rotated = await api.post(`/tokens/${tokenId}/rotate`, {});
    expect(rotated.status).toBe(201);
    expect((await apiWith(rotated.body.key).get("/me")).body.plan).toEqual({ requestsPerMinute: 500, burst: 1000 });
  });

  test("of requests without a good key goes by address, and stops no good key", async () => {
    holdClock();
    const { api } = await newSite();
    const knock = (address: string, key = "wrong") => request("GET", "/api/v1/me", { "x-api-key": key, "cf-connecting-ip": address });
    const statuses: number[] = [];
    for (let sent = 0; sent < 320; sent += 1) statuses.push((await knock("192.0.2.1")).status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    const refused = await knock("192.0.2.1");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await knock("192.0.2.2")).status).toBe(401);
    expect((await knock("192.0.2.1", api.key)).status).toBe(200);
    now += 60 * second;
    expect((await knock("192.0.2.1")).status).toBe(401);
  });

  test("is set by the operator alone", async () => {
    const { api, tokenId } = await newSite();
    const body = JSON.stringify({ requestsPerMinute: 500 });
    const put = (authorization: string) =>
      request("PUT", `/operator/tokens/${tokenId}/plan`, { authorization, "content-type": "application/json" }, body);
    expect((await put(`Bearer ${api.key}`)).status).toBe(401);
    expect((await put(operator.authorization)).status).toBe(200);
    expect(await accessOf(tokenId).plan()).toBe(500);
  });
});
