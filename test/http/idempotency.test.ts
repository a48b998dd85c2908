import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { idempotencyLifeMs } from "../../src/kernel/bounds.ts";
import { runEveryCron } from "../support/background.ts";
import { newBooks } from "../support/books.ts";
import { type Api, newSite } from "../support/site.ts";

afterEach(() => vi.restoreAllMocks());

const wish = { name: "Blue Bottle Ltd", functionalCurrency: "USD", metadata: { a: "1", b: "2" } };
const create = (api: Api, key: string, body: unknown = wish) => api.post("/entities", body, { "idempotency-key": key });
const entities = async (api: Api) => (await api.get("/entities")).body.totalCount;
const keptRows = async (siteId: string) => {
  const counts = await Promise.all(
    [env.SITE_DB_0, env.SITE_DB_1].map((db) =>
      db.prepare("SELECT count(*) AS n FROM idempotency_keys WHERE site_id = ?").bind(siteId).first<{ n: number }>(),
    ),
  );
  return counts.reduce((sum, row) => sum + (row?.n ?? 0), 0);
};

test("the same request with the same key gives the same bytes and makes nothing more", async () => {
  const { api, siteId } = await newSite();
  const first = await create(api, "key-1");
  const second = await create(api, "key-1");
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.text).toBe(first.text);
  expect(second.headers.get("x-idempotent-replayed")).toBe("true");
  expect(second.headers.get("idempotent-replayed")).toBe("true");
  expect(second.headers.get("x-original-status")).toBe("201");
  expect(await entities(api)).toBe(1);
  expect(await keptRows(siteId)).toBe(1);
});

test("at once, twenty times, it makes one row and gives one answer", async () => {
  const { api, siteId } = await newSite();
  const answers = await Promise.all(Array.from({ length: 20 }, () => create(api, "key-1")));
  expect(answers.every((answer) => answer.status === 201 || answer.status === 200)).toBe(true);
  expect(answers.filter((answer) => answer.status === 201).length).toBe(1);
  expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
  expect(await entities(api)).toBe(1);
  expect(await keptRows(siteId)).toBe(1);
});

test("the order of fields, white space and quotes around the key make no other request", async () => {
  const { api } = await newSite();
  const first = await create(api, "key-1");
  const text = '{ "metadata": {"b":"2", "a":"1"},\n "functionalCurrency":"USD","name":"Blue Bottle Ltd" }';
  const second = await api.send("POST", "/entities", { text, headers: { "idempotency-key": '"key-1"' } });
  expect(second.text).toBe(first.text);
});

test("another body under the same key is refused, and nothing is made", async () => {
  const { api } = await newSite();
  await create(api, "key-1");
  const answer = await create(api, "key-1", { ...wish, name: "Another" });
  expect(answer.status).toBe(422);
  expect(answer.body.error).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED", retryable: false });
  expect(await entities(api)).toBe(1);
});

test("the same key is another in another site and for another operation", async () => {
  const [one, two] = await Promise.all([newSite(), newSite()]);
  const first = await create(one.api, "key-1");
  const second = await create(two.api, "key-1");
  expect(second.status).toBe(201);
  expect(second.body.id).not.toBe(first.body.id);
  expect((await one.api.post("/metadata/products", { key: "card", name: "Card" }, { "idempotency-key": "key-1" })).status).toBe(201);
});

test("two paths of one operation share its keys", async () => {
  const { api, entityId } = await newBooks();
  const account = { code: "1999", name: "Suspense", type: "other_current_asset" };
  const first = await api.post("/accounts", { entityId, ...account }, { "idempotency-key": "key-1" });
  const second = await api.send("POST", "/accounts", {
    body: { entityId, ...account },
    headers: { "idempotency-key": "key-1", "x-organization-id": entityId },
  });
  expect([first.status, second.status]).toEqual([201, 200]);
  const third = await api.post(`/companies/${entityId}/accounts`, account, { "idempotency-key": "key-1" });
  expect(third.body.id ?? third.body.error.code).toBe(first.body.id);
});

test("a key lives for 24 hours, then it is new", async () => {
  const { api } = await newSite();
  const start = Date.now();
  await create(api, "key-1");
  const clock = vi.spyOn(Date, "now");
  clock.mockReturnValue(start + idempotencyLifeMs - 60_000);
  expect((await create(api, "key-1")).status).toBe(200);
  clock.mockReturnValue(start + idempotencyLifeMs + 60_000);
  expect((await create(api, "key-1")).status).toBe(201);
  expect(await entities(api)).toBe(2);
});

test("what is past its 24 hours is deleted from every database, and nothing else", async () => {
  const { api, siteId } = await newSite();
  const start = Date.now();
  await create(api, "old");
  await api.post("/tokens", { name: "Old", role: "REVIEWER" }, { "idempotency-key": crypto.randomUUID() });
  const sealed = async () => (await env.DIRECTORY.prepare("SELECT count(*) AS n FROM sealed_answers").first<{ n: number }>())?.n;
  expect(await sealed()).toBeGreaterThan(0);
  const clock = vi.spyOn(Date, "now");
  clock.mockReturnValue(start + idempotencyLifeMs - 60_000);
  await runEveryCron();
  expect(await keptRows(siteId)).toBe(1);
  clock.mockReturnValue(start + idempotencyLifeMs + 60_000);
  await create(api, "new");
  await runEveryCron();
  expect(await keptRows(siteId)).toBe(1);
  expect(await sealed()).toBe(0);
  expect((await create(api, "new")).headers.get("x-idempotent-replayed")).toBe("true");
});

test.each([
  ["", "empty"],
  [`${"k".repeat(256)}`, "too long"],
  ["caf\u00e9", "not ASCII"],
  ['""', "quoted and empty"],
])("a key that is none (%j, %s) is refused", async (key) => {
  const { api } = await newSite();
  expect((await create(api, key)).body.error.code).toBe("IDEMPOTENCY_KEY_INVALID");
  expect(await entities(api)).toBe(0);
});

test("a request that is not valid keeps no key", async () => {
  const { api, siteId } = await newSite();
  expect((await create(api, "key-1", { ...wish, name: "" })).status).toBe(400);
  expect(await keptRows(siteId)).toBe(0);
  expect((await create(api, "key-1")).status).toBe(201);
});

test.each(["k".repeat(255), "~!@ #$%^&*()_+"])("a key of any printable ASCII is taken (%s)", async (key) => {
  const { api } = await newSite();
  expect((await create(api, key)).status).toBe(201);
  expect((await create(api, key)).status).toBe(200);
});
