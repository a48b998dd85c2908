import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Turns } from "../../src/platform/turns.ts";
import { type Books, entryOf, freshKey, newBooks, post } from "../support/books.ts";
import { type Answer, type Api, newSite, request } from "../support/site.ts";
import { apiThrough, type Gate } from "./support/gates.ts";

const dayMs = 86_400_000;
const aheadMs = 400 * dayMs;
/** A time of day that no test leaves by what it adds. */
let startMs: number;

beforeEach(() => {
  startMs = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: startMs });
});

afterEach(() => {
  vi.useRealTimers();
});

/** The ledgers' objects have a clock of their own, so far ahead of the edge's. */
function objectsAhead(byMs: number): Gate {
  return ({ binding, when }) => {
    if (binding === "LEDGER") vi.setSystemTime(startMs + (when === "before" ? byMs : 0));
  };
}

function ahead(books: Books, byMs: number): Api {
  return apiThrough(objectsAhead(byMs), books.api);
}

function expectClock(answer: Answer): void {
  expect([answer.status, answer.body.error?.code, answer.body.error?.retryable]).toEqual([503, "CLOCK", true]);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
}

describe("an object whose clock differs from the edge's by more than a minute", () => {
  test.each([aheadMs, 61_000, -61_000, -aheadMs])("writes nothing (%i ms)", async (byMs) => {
    const books = await newBooks();
    const first = await post(books, entryOf("cash", "sales", 100));
    const wrong = ahead(books, byMs);
    const body = { entityId: books.entityId, ...entryOf("cash", "sales", 1) };
    expectClock(await wrong.post("/journal-entries", body, freshKey()));
    expectClock(
      await wrong.post(
        "/journal-entries/batch",
        { mode: "atomic", entityId: books.entityId, entries: [entryOf("cash", "sales", 1)] },
        freshKey(),
      ),
    );
    expectClock(await wrong.post("/entries", body, freshKey()));
    expectClock(await wrong.post("/holds", body, freshKey()));
    expectClock(await wrong.post(`/ledgers/${books.ledgerId}/verify`, undefined, freshKey()));
    expectClock(await wrong.post(`/journal-entries/${first.id}/reverse`, { date: "2026-06-09", reason: "wrong" }, freshKey()));
    const next = await post(books, entryOf("cash", "sales", 2));
    expect(next.sequence).toBe(first.sequence + 1);
    expect(Math.abs(Date.parse(next.createdAt) - startMs)).toBeLessThanOrEqual(60_000);
  });

  test("writes within the minute", async () => {
    const books = await newBooks();
    const body = { entityId: books.entityId, ...entryOf("cash", "sales", 1) };
    expect((await ahead(books, 59_000).post("/journal-entries", body, freshKey())).status).toBe(201);
  });

  test("has no hold expire by a read, and does where the clocks agree", async () => {
    const books = await newBooks();
    const expiresAt = new Date(startMs + 30 * dayMs).toISOString();
    const held = await books.api.post("/holds", { entityId: books.entityId, ...entryOf("cash", "sales", 7), expiresAt }, freshKey());
    expect(held.status).toBe(201);
    const path = `/holds/${held.body.id}`;
    expect((await ahead(books, aheadMs).get(path)).body.status).toBe("open");
    expect((await books.api.get(path)).body.status).toBe("open");
    vi.setSystemTime(startMs + 31 * dayMs);
    expect((await books.api.get(path)).body.status).toBe("expired");
  });

  test("is not opened: its first fact would be dated wrongly", async () => {
    const books = await newBooks();
    const ledger = { entityId: books.entityId, currency: "EUR" };
    const made = await books.api.post("/ledgers", ledger);
    expect(made.status).toBe(201);
    const account = { ledgerId: made.body.id, code: "1", name: "Cash", type: "bank" };
    await ahead(books, aheadMs).post("/accounts", account);
    const opened = await books.api.post("/accounts", account);
    expect(Date.parse(opened.body.createdAt)).toBeLessThan(startMs + dayMs);
  });
});

describe("behind a front that doubts the machine's clock", () => {
  /** Edge and objects go by the one clock of the machine; the front alone knows that it has leapt. */
  const front = { CLOCK_WATCH: { fetch: async () => new Response(null, { status: 503 }) } };
  const doubted = { "cf-clock-doubted": "1" };

  test("nothing is written, and no hold expires by a read", async () => {
    const books = await newBooks();
    const expiresAt = new Date(startMs + 30 * dayMs).toISOString();
    const held = await books.api.post("/holds", { entityId: books.entityId, ...entryOf("cash", "sales", 7), expiresAt }, freshKey());
    const path = `/holds/${held.body.id}`;
    vi.setSystemTime(startMs + aheadMs);
    const behind = apiThrough(() => undefined, books.api, front);
    expect((await behind.get(path, doubted)).body.status).toBe("open");
    expectClock(
      await behind.post("/journal-entries", { entityId: books.entityId, ...entryOf("cash", "sales", 1) }, { ...freshKey(), ...doubted }),
    );
    vi.setSystemTime(startMs);
    expect((await books.api.get(path)).body.status).toBe("open");
  });

  test("the use of a key is not noted by it", async () => {
    const { api, tokenId } = await newSite();
    const other = await api.withRole("REVIEWER");
    vi.setSystemTime(startMs + aheadMs);
    expect((await apiThrough(() => undefined, other, front).get("/me", doubted)).status).toBe(200);
    vi.setSystemTime(startMs);
    const { data } = (await api.get("/tokens")).body;
    const uses = data.filter(({ id }: { id: string }) => id !== tokenId).map(({ lastUsedAt }: { lastUsedAt: string | null }) => lastUsedAt);
    expect(uses).toEqual([null]);
  });

  test("a client cannot say so where there is no such front", async () => {
    const books = await newBooks();
    const body = { entityId: books.entityId, ...entryOf("cash", "sales", 1) };
    expect((await books.api.post("/journal-entries", body, { ...freshKey(), ...doubted })).status).toBe(201);
  });
});

describe("a clock that was ahead and is right again", () => {
  test("leaves a key its requests a minute", async () => {
    const { api, tokenId } = await newSite();
    await env.ACCESS.getByName(tokenId).setPlan(10);
    vi.setSystemTime(startMs + aheadMs);
    expect((await api.get("/me")).status).toBe(200);
    vi.setSystemTime(startMs);
    while ((await api.get("/me")).status === 200);
    // One of ten requests a minute.
    vi.setSystemTime(startMs + 6_000);
    expect((await api.get("/me")).status).toBe(200);
  });

  test("counts nobody's requests for longer than a minute", async () => {
    const from = { "cf-connecting-ip": `10.${Array.from(crypto.getRandomValues(new Uint8Array(3))).join(".")}` };
    const miss = () => request("GET", "/api/v1/none", from);
    vi.setSystemTime(startMs + aheadMs);
    await miss();
    vi.setSystemTime(startMs);
    let missed = await miss();
    for (let times = 0; times < 300; times += 1) missed = await miss();
    expect(missed.status).toBe(429);
    expect(Number(missed.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    vi.setSystemTime(startMs + 60_000);
    expect((await miss()).status).toBe(404);
  });

  test("leaves no turn with a request that was cut off", async () => {
    const turns = new Turns({ atOnce: 1, waitingMax: 0, lastsMaxMs: 30 });
    vi.setSystemTime(startMs + aheadMs);
    void turns.take(() => new Promise<never>(() => undefined));
    vi.setSystemTime(startMs);
    expect(await turns.take(async () => "done")).toEqual({ done: "done" });
  });
});

describe("after a gap of more than a day between two commits", () => {
  test("a key used just before it is answered as at first until 24 hours after the first commit, and is forgotten then", async () => {
    const books = await newBooks();
    const [posted, refused] = [freshKey(), freshKey()];
    const body = { entityId: books.entityId, ...entryOf("cash", "sales", 5) };
    const first = await books.api.post("/journal-entries", body, posted);
    expect(first.status).toBe(201);
    const unbalanced = { ...body, lines: body.lines.map((line, i) => ({ ...line, amount: 5 + i })) };
    expect((await books.api.post("/journal-entries", unbalanced, refused)).status).toBe(422);
    const repeats = async () => {
      const again = await books.api.post("/journal-entries", body, posted);
      expect([again.status, again.headers.get("x-idempotent-replayed"), again.text]).toEqual([200, "true", first.text]);
      // Another body under the key is what tells that the refusal is remembered.
      const other = await books.api.post("/journal-entries", body, refused);
      expect([other.status, other.body.error?.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
    };
    await repeats();
    vi.setSystemTime(startMs + aheadMs);
    await repeats();
    await post(books, entryOf("cash", "sales", 1));
    for (const afterMs of [0, 7, 15, 23.9].map((hours) => hours * 3_600_000)) {
      vi.setSystemTime(startMs + aheadMs + afterMs);
      // What is stored under other keys empties the tables of the day before.
      expect((await books.api.post("/journal-entries", unbalanced, freshKey())).status).toBe(422);
      await repeats();
    }
    vi.setSystemTime(startMs + aheadMs + dayMs + 1);
    const anew = await books.api.post("/journal-entries", body, posted);
    expect([anew.status, anew.body.id === first.body.id]).toEqual([201, false]);
  });

  test("a key that was refused within the gap lives for 24 hours, as any other", async () => {
    const books = await newBooks();
    const [key, body] = [freshKey(), { entityId: books.entityId, ...entryOf("cash", "sales", 5) }];
    const unbalanced = { ...body, lines: body.lines.map((line, i) => ({ ...line, amount: 5 + i })) };
    vi.setSystemTime(startMs + 3 * dayMs);
    expect((await books.api.post("/journal-entries", unbalanced, key)).status).toBe(422);
    vi.setSystemTime(startMs + 4 * dayMs - 1);
    expect((await books.api.post("/journal-entries", body, key)).body.error?.code).toBe("IDEMPOTENCY_KEY_REUSED");
    vi.setSystemTime(startMs + 4 * dayMs);
    expect((await books.api.post("/journal-entries", body, key)).status).toBe(201);
  });

  test("keys of a ledger that was written out are kept as well", async () => {
    const books = await newBooks();
    const key = freshKey();
    const body = { entityId: books.entityId, ...entryOf("cash", "sales", 5) };
    const first = await books.api.post("/journal-entries", body, key);
    vi.setSystemTime(startMs + aheadMs);
    for (let round = 0; round < 20; round++) {
      const entries = Array.from({ length: 20 }, () => entryOf("cash", "sales", 1));
      expect(
        (await books.api.post("/journal-entries/batch", { mode: "atomic", entityId: books.entityId, entries }, freshKey())).status,
      ).toBe(201);
    }
    expect((await books.api.post("/journal-entries", body, key)).text).toBe(first.text);
  });
});
