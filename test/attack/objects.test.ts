/** Whoever has no key opens no object, leaves nothing behind, and shuts out nobody who has one. */
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { hashSecret, newSecret, readKey, writeKey } from "../../src/access/token.ts";
import { directoryDatabase } from "../../src/db/directory-database.ts";
import { tokens } from "../../src/db/token-tables.ts";
import { present } from "../../src/kernel/assert.ts";
import { newUuid } from "../../src/operation/build-context.ts";
import { operator } from "../support/operator.ts";
import { apiWith, newSite, request } from "../support/site.ts";
import { type Call, counting, requestThrough, shutAt } from "./support/gates.ts";

afterEach(() => vi.restoreAllMocks());

const madeUpKey = () => writeKey({ environment: "live", jurisdiction: null }, newUuid(), newSecret());
const toAccess = (call: Call) => call.binding === "ACCESS" && call.method === "lease" && call.when === "before";
const toDirectory = (call: Call) => call.binding === "DIRECTORY" && call.sql !== "" && call.when === "before";
const newAddress = () => `10.${Array.from(crypto.getRandomValues(new Uint8Array(3))).join(".")}`;

/** Stops the minute in which an address is counted. */
function holdClock(): void {
  const now = Date.now();
  vi.spyOn(Date, "now").mockImplementation(() => now);
}

test("made-up keys of one address open no Access object, and are told to wait from the 301st in a minute on", async () => {
  holdClock();
  const { gate, count } = counting(toAccess);
  const address = newAddress();
  const statuses: number[] = [];
  for (let sent = 0; sent < 1_320; sent += 60) {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        requestThrough(gate, "GET", "/api/v1/me", { "x-api-key": madeUpKey(), "cf-connecting-ip": address }),
      ),
    );
    statuses.push(...answers.map(({ status }) => status));
  }
  expect(count()).toBe(0);
  expect(statuses.filter((status) => status === 401)).toHaveLength(300);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1_020);
});

test("as many at once are no way around it", async () => {
  holdClock();
  const { gate, count } = counting(toDirectory);
  const address = newAddress();
  await Promise.all(
    Array.from({ length: 400 }, () => requestThrough(gate, "GET", "/api/v1/me", { "x-api-key": madeUpKey(), "cf-connecting-ip": address })),
  );
  expect(count()).toBe(300);
});

test("one made-up key over and over is looked up once, and is counted all the same", async () => {
  holdClock();
  const { gate, count } = counting(toDirectory);
  const headers = { "x-api-key": madeUpKey(), "cf-connecting-ip": newAddress() };
  const statuses: number[] = [];
  for (let sent = 0; sent < 301; sent += 1) statuses.push((await requestThrough(gate, "GET", "/api/v1/me", headers)).status);
  expect(count()).toBe(1);
  expect([statuses[299], statuses[300]]).toEqual([401, 429]);
});

test("the object of an id that nobody made stores nothing, whoever opens it", async () => {
  const { runInDurableObject } = await import("cloudflare:test");
  const object = env.ACCESS.getByName(newUuid());
  expect(await object.lease(hashSecret(newSecret()))).toEqual({ ok: false, reason: "unknown" });
  await runInDurableObject(object, async (_, { storage }) => {
    expect((await storage.list()).size).toBe(0);
    expect(await storage.getAlarm()).toBeNull();
  });
});

/** A site whose OWNER's key is one of before secrets had a mark. */
async function siteOfEarlierKey() {
  const site = await newSite();
  const [tokenId, secret] = [newUuid(), newSecret()];
  const { environment, jurisdiction, ...scope } = (await leaseOf(site.api.key)).site;
  const of = { ...scope, environment, jurisdiction };
  await env.ACCESS.getByName(tokenId).create({ ...(await leaseOf(site.api.key)), tokenId, secretHash: hashSecret(secret) });
  const { orm } = directoryDatabase(env);
  const listed = present(await orm.select().from(tokens).where(eq(tokens.id, site.tokenId)).get(), "the site's key is listed");
  await orm.insert(tokens).values({ ...listed, id: tokenId });
  return { ...site, api: apiWith(writeKey(of, tokenId, secret)) };
}

async function leaseOf(key: string) {
  const parts = readKey(key);
  if (parts === undefined) throw new Error("a key of ours");
  const outcome = await env.ACCESS.getByName(parts.tokenId).lease(hashSecret(parts.secret));
  if (!outcome.ok) throw new Error("the key is good");
  return outcome.lease.authority;
}

async function useUpAttempts(from: Record<string, string>): Promise<void> {
  while ((await request("GET", "/api/v1/me", { "x-api-key": madeUpKey(), ...from })).status !== 429);
}

test("a key that shows that it was made here is asked about, whatever its address has sent", async () => {
  holdClock();
  const { api } = await newSite();
  const from = { "cf-connecting-ip": newAddress() };
  await useUpAttempts(from);
  expect((await api.get("/me", from)).status).toBe(200);
  // One letter of it, wherever, and it is a made-up one.
  const changed = (at: number) => api.key.slice(0, at) + (api.key[at] === "b" ? "c" : "b") + api.key.slice(at + 1);
  const { gate, count } = counting(toAccess);
  for (const at of [10, 20, 42, 60, api.key.length - 5]) {
    expect((await requestThrough(gate, "GET", "/api/v1/me", { "x-api-key": changed(at), ...from })).status).toBe(429);
  }
  expect(count()).toBe(0);
});

test("one of before there was a mark is counted until it is known, and from then on goes on, past the end of its lease too", async () => {
  let now = Date.now();
  vi.spyOn(Date, "now").mockImplementation(() => now);
  const [{ api }, { api: late }] = await Promise.all([siteOfEarlierKey(), siteOfEarlierKey()]);
  const from = { "cf-connecting-ip": newAddress() };
  expect((await api.get("/me", from)).status).toBe(200);
  await useUpAttempts(from);
  expect((await api.get("/me", from)).status).toBe(200);
  now += 6_000;
  const together = await Promise.all(Array.from({ length: 20 }, () => api.get("/me", from)));
  expect(together.map(({ status }) => status)).toEqual(together.map(() => 200));
  // One that it does not know waits there, and elsewhere does not.
  const refused = await late.get("/me", from);
  expect([refused.status, refused.body.error.code, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, "RATE_LIMITED", true]);
  expect((await late.get("/me", { "cf-connecting-ip": newAddress() })).status).toBe(200);
  expect((await late.get("/me", from)).status).toBe(200);
});

test("good keys that come for the first time are no attempts, however many there are at once", async () => {
  holdClock();
  const { api } = await siteOfEarlierKey();
  const address = newAddress();
  const gate = shutAt(toAccess);
  const many = Array.from({ length: 400 }, () =>
    requestThrough(gate.gate, "GET", "/api/v1/me", { "x-api-key": api.key, "cf-connecting-ip": address }),
  );
  gate.open();
  expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([200]));
  for (let sent = 0; sent < 300; sent += 1) {
    const { status } = await request("GET", "/api/v1/me", { "x-api-key": "wrong", "cf-connecting-ip": address });
    expect(status).toBe(401);
  }
});

test("a key that was revoked is known no more", async () => {
  holdClock();
  const { api } = await newSite();
  const { body: other } = await api.post("/tokens", { name: "x", role: "REVIEWER" });
  const revoked = apiWith(other.key);
  const from = { "cf-connecting-ip": newAddress() };
  expect((await revoked.get("/me", from)).status).toBe(200);
  expect((await api.delete(`/tokens/${other.id ?? other.token.id}`)).status).toBe(204);
  expect((await revoked.get("/me", from)).status).toBe(401);
  for (let sent = 0; sent < 300; sent += 1) await request("GET", "/api/v1/me", { "x-api-key": "wrong", ...from });
  expect((await revoked.get("/me", from)).status).toBe(429);
});

test("access tokens that nobody signed open nothing, and are counted", async () => {
  holdClock();
  const { gate, count } = counting(({ binding, when }) => binding === "ACCESS" && when === "before");
  const from = { "cf-connecting-ip": newAddress() };
  const statuses: number[] = [];
  for (let sent = 0; sent < 301; sent += 1) {
    const claims = { iss: "countinghouse", sub: newUuid(), sid: newUuid(), site: newUuid(), iat: 1, exp: 9_999_999_999 };
    const token = [{ alg: "EdDSA", kid: "x", typ: "JWT" }, claims].map((part) => btoa(JSON.stringify(part)).replaceAll("=", "")).join(".");
    statuses.push((await requestThrough(gate, "GET", "/api/v1/me", { authorization: `Bearer ${token}.AAAA`, ...from })).status);
  }
  expect([statuses[299], statuses[300]]).toEqual([401, 429]);
  expect(count()).toBe(0);
});

test("paths that have no route are counted by address, below the API and beside it, and stop neither keys nor routes", async () => {
  holdClock();
  const { api } = await newSite();
  const from = { "cf-connecting-ip": newAddress() };
  const statuses: number[] = [];
  for (let sent = 0; sent < 302; sent += 1) {
    const path = sent % 2 === 0 ? `/api/v1/none-${sent}` : `/none-${sent}`;
    statuses.push((await request("GET", path, from)).status);
  }
  expect(statuses.slice(0, 300)).toEqual(Array(300).fill(404));
  expect(statuses.slice(300)).toEqual([429, 429]);
  expect((await request("GET", "/api/v1/health", from)).status).toBe(200);
  // A good key is asked about, whether or not the isolate knows it, and what it misses is not counted.
  for (let sent = 0; sent < 310; sent += 1) expect((await api.get("/none", from)).status).toBe(404);
  expect((await request("GET", "/api/v1/none", { "cf-connecting-ip": newAddress() })).status).toBe(404);
});

test.each([
  ["of the pages' files", (sent: number) => `/docs-assets/none-${sent}`],
  ["of a site's below which there is nothing without a key", () => `/api/v1/sites/${crypto.randomUUID()}/health`],
  ["of a company's", () => `/v2/ledger/api/v1/companies/${crypto.randomUUID()}/health`],
] as const)("paths %s are counted as any that has no route", async (_, path) => {
  holdClock();
  const from = { "cf-connecting-ip": newAddress() };
  const statuses: number[] = [];
  for (let sent = 0; sent < 301; sent += 1) statuses.push((await request("GET", path(sent), from)).status);
  expect([statuses[0], statuses[299], statuses[300]]).toEqual([404, 404, 429]);
});

test("the operator's token is guessed as seldom as a key", async () => {
  holdClock();
  const from = { "cf-connecting-ip": newAddress() };
  const guess = () => request("GET", "/operator/dead-letters", { authorization: "Bearer wrong", ...from });
  for (let sent = 0; sent < 300; sent += 1) expect((await guess()).status).toBe(401);
  expect((await guess()).status).toBe(429);
  expect((await request("GET", "/operator/dead-letters", { ...operator, ...from })).status).toBe(200);
});
