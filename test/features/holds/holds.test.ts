import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Books, balanceOf, booksOf, codes, entryOf, freshKey, newBooks, post } from "../../support/books.ts";
import { personAt } from "../../support/people.ts";
import { type Answer, newSite } from "../../support/site.ts";

type Name = keyof typeof codes;

const hold = (debit: Name, credit: Name, amount: number, more: Readonly<Record<string, unknown>> = {}) =>
  entryOf(debit, credit, amount, more);
const place = (books: Books, body: object, headers = freshKey()) =>
  books.api.post("/holds", { entityId: books.entityId, ...body }, headers);
const settle = (books: Books, of: Answer, body: object = {}, headers = freshKey()) =>
  books.api.post(`/holds/${of.body.id}/settle`, body, headers);
const release = (books: Books, of: Answer, body: object = {}) => books.api.post(`/holds/${of.body.id}/release`, body);
const read = async (books: Books, of: Answer) => (await books.api.get(`/holds/${of.body.id}`)).body;

async function figures(books: Books, account: Name, query = "") {
  const { body } = await books.api.get(`/accounts/${books.accounts[account]}/balance${query}`);
  return { balance: body.balance, available: body.available, pending: body.pending, version: body.version };
}

/** Books with 10,000 on the bank account. */
async function funded() {
  const books = await newBooks();
  await post(books, entryOf("cash", "equity", 10_000));
  return books;
}

describe("a hold", () => {
  test("takes its amount off what is available and leaves what is posted", async () => {
    const books = await funded();
    const placed = await place(books, hold("rent", "cash", 3_000, { externalId: "auth-1", description: "Card 4417" }));
    expect(placed.status).toBe(201);
    expect(placed.headers.get("location")).toBe(`/api/v1/holds/${placed.body.id}`);
    expect(placed.body).toMatchObject({
      status: "open",
      externalId: "auth-1",
      entryId: null,
      lines: [
        { no: 1, accountCode: codes.rent, side: "debit", amount: 3_000, availableAfter: 0, accountVersion: 1 },
        { no: 2, accountCode: codes.cash, side: "credit", amount: 3_000, availableAfter: 7_000, accountVersion: 2 },
      ],
    });
    expect(await figures(books, "cash")).toEqual({ balance: 10_000, available: 7_000, pending: { debits: 0, credits: 3_000 }, version: 2 });
    expect(await figures(books, "rent")).toEqual({ balance: 0, available: 0, pending: { debits: 3_000, credits: 0 }, version: 1 });
    expect((await books.api.get(`/journal-entries/${placed.body.id}`)).status).toBe(404);
    expect((await books.api.get("/journal-entries")).body.totalCount).toBe(1);
  });

  test("is settled in full by an entry on its own date, or on another", async () => {
    const books = await funded();
    const first = await place(books, hold("rent", "cash", 3_000, { externalId: "auth-1", metadata: { card: "4417" } }));
    const entry = await settle(books, first);
    expect(entry).toMatchObject({
      status: 201,
      body: { status: "posted", date: "2026-06-08", holdId: first.body.id, externalId: "auth-1", metadata: { card: "4417" } },
    });
    expect(entry.headers.get("location")).toBe(`/api/v1/journal-entries/${entry.body.id}`);
    expect(entry.body.lines[1]).toMatchObject({ balanceAfter: 7_000, accountVersion: 4 });
    expect(await read(books, first)).toMatchObject({ status: "settled", entryId: entry.body.id, resolvedAt: entry.body.createdAt });
    expect(await figures(books, "cash")).toEqual({ balance: 7_000, available: 7_000, pending: { debits: 0, credits: 0 }, version: 4 });
    const second = await place(books, hold("rent", "cash", 1_000));
    expect((await settle(books, second, { date: "2026-07-02" })).body.date).toBe("2026-07-02");
    expect(await balanceOf(books, "rent", "?asOf=2026-06-30")).toBe(3_000);
  });

  test("is settled in part, and the rest of it is available again", async () => {
    const books = await funded();
    const placed = await place(books, {
      date: "2026-06-08",
      lines: [
        { accountCode: codes.rent, side: "debit", amount: 2_000 },
        { accountCode: codes.receivable, side: "debit", amount: 1_000 },
        { accountCode: codes.cash, side: "credit", amount: 3_000 },
      ],
    });
    const lines = [
      { no: 3, amount: 1_500 },
      { no: 1, amount: 1_500 },
    ];
    expect((await settle(books, placed, { lines })).status).toBe(201);
    expect(await figures(books, "cash")).toMatchObject({ balance: 8_500, available: 8_500, pending: { debits: 0, credits: 0 } });
    expect(await figures(books, "receivable")).toMatchObject({ balance: 0, pending: { debits: 0, credits: 0 } });
    expect(await balanceOf(books, "rent")).toBe(1_500);
  });

  test.each([
    [
      "more than is held",
      [
        { no: 1, amount: 3_001 },
        { no: 2, amount: 3_001 },
      ],
      422,
      "SETTLES_MORE_THAN_HELD",
    ],
    [
      "a line that is not there",
      [
        { no: 1, amount: 1 },
        { no: 3, amount: 1 },
      ],
      422,
      "SETTLES_MORE_THAN_HELD",
    ],
    [
      "a line twice",
      [
        { no: 2, amount: 2_000 },
        { no: 2, amount: 2_000 },
      ],
      422,
      "SETTLES_MORE_THAN_HELD",
    ],
    [
      "what does not balance",
      [
        { no: 1, amount: 1_000 },
        { no: 2, amount: 999 },
      ],
      422,
      "ENTRY_UNBALANCED",
    ],
    [
      "nothing of a line",
      [
        { no: 1, amount: 0 },
        { no: 2, amount: 0 },
      ],
      400,
      "VALIDATION_ERROR",
    ],
  ])("is not settled by %s, and stays open", async (_, lines, status, code) => {
    const books = await funded();
    const placed = await place(books, hold("rent", "cash", 3_000));
    expect(await settle(books, placed, { lines })).toMatchObject({ status, body: { error: { code } } });
    expect(await read(books, placed)).toEqual(placed.body);
    expect((await figures(books, "cash")).available).toBe(7_000);
  });

  test("is released, and resolved once", async () => {
    const books = await funded();
    const placed = await place(books, hold("rent", "cash", 3_000));
    const released = await release(books, placed, { reason: "Cancelled" });
    expect(released).toMatchObject({ status: 200, body: { id: placed.body.id, status: "released", reason: "Cancelled", entryId: null } });
    expect(await figures(books, "cash")).toMatchObject({ balance: 10_000, available: 10_000 });
    for (const again of [await release(books, placed), await settle(books, placed)])
      expect(again).toMatchObject({ status: 409, body: { error: { code: "HOLD_STATE", details: [{ status: "released" }] } } });
    const other = await place(books, hold("rent", "cash", 1));
    await settle(books, other);
    expect(await settle(books, other)).toMatchObject({ status: 409, body: { error: { details: [{ status: "settled" }] } } });
  });

  test("sent again under its key or its externalId is there once; a settlement too", async () => {
    const books = await funded();
    const body = hold("rent", "cash", 3_000, { externalId: "auth-1" });
    const key = freshKey();
    const placed = await place(books, body, key);
    expect(await place(books, body, key)).toMatchObject({ status: 200, text: placed.text });
    expect(await place(books, body)).toMatchObject({ status: 200, body: { id: placed.body.id } });
    expect((await place(books, { ...body, description: "other" })).body.error.code).toBe("EXTERNAL_ID_TAKEN");
    expect((await books.api.post("/journal-entries", { entityId: books.entityId, ...body }, freshKey())).body.error).toMatchObject({
      code: "EXTERNAL_ID_TAKEN",
      details: [{ holdId: placed.body.id }],
    });
    const settling = freshKey();
    const entry = await settle(books, placed, {}, settling);
    expect(await settle(books, placed, {}, settling)).toMatchObject({ status: 200, text: entry.text });
    expect(await place(books, body, key)).toMatchObject({ status: 200, text: placed.text });
    expect(await place(books, body)).toMatchObject({ status: 200, body: { id: placed.body.id, status: "settled" } });
    expect((await figures(books, "cash")).balance).toBe(7_000);
    expect((await books.api.post("/holds", { entityId: books.entityId, ...body })).body.error.code).toBe("IDEMPOTENCY_KEY_REQUIRED");
  });

  test("is a site's own", async () => {
    const books = await funded();
    const placed = await place(books, hold("rent", "cash", 3_000));
    const other = await booksOf((await newSite()).api);
    expect((await other.api.get(`/holds/${placed.body.id}`)).status).toBe(404);
    for (const answer of [await settle(other, placed), await release(other, placed)]) expect(answer.status).toBe(404);
    expect(await read(books, placed)).toEqual(placed.body);
  });
});

describe("limits count what is held", () => {
  test("minBalance bounds what is available, for entries and for holds", async () => {
    const books = await funded();
    await books.api.patch(`/accounts/${books.accounts.cash}`, { minBalance: 0 });
    const placed = await place(books, hold("rent", "cash", 7_000));
    expect(await place(books, hold("rent", "cash", 3_001))).toMatchObject({
      status: 422,
      body: { error: { code: "BALANCE_LIMIT", details: [{ bound: 0, balance: -1 }] } },
    });
    const entry = { entityId: books.entityId, ...entryOf("rent", "cash", 3_001) };
    expect((await books.api.post("/journal-entries", entry, freshKey())).body.error.code).toBe("BALANCE_LIMIT");
    expect((await books.api.patch(`/accounts/${books.accounts.cash}`, { minBalance: 3_001 })).body.error.code).toBe("BALANCE_LIMIT");
    // The books may come to the limit, and the hold is settled all the same.
    await post(books, entryOf("rent", "cash", 3_000));
    expect((await settle(books, placed)).status).toBe(201);
    expect(await figures(books, "cash")).toMatchObject({ balance: 0, available: 0 });
  });

  test("maxBalance bounds what is posted and what holds would add", async () => {
    const books = await newBooks();
    await books.api.patch(`/accounts/${books.accounts.cash}`, { maxBalance: 1_000 });
    const placed = await place(books, hold("cash", "equity", 600));
    expect((await place(books, hold("cash", "equity", 401))).body.error).toMatchObject({
      code: "BALANCE_LIMIT",
      details: [{ balance: 1_001 }],
    });
    expect((await settle(books, placed)).status).toBe(201);
    expect((await place(books, hold("cash", "equity", 400))).status).toBe(201);
  });

  test("conditions see what is available", async () => {
    const books = await funded();
    await place(books, hold("rent", "cash", 7_000));
    const guarded = (conditions: object) => {
      const entry = entryOf("rent", "cash", 1_000);
      return { entityId: books.entityId, ...entry, lines: [entry.lines[0], { ...entry.lines[1], conditions }] };
    };
    expect((await books.api.post("/journal-entries", guarded({ minAvailable: 2_001 }), freshKey())).body.error.code).toBe(
      "CONDITION_FAILED",
    );
    expect((await books.api.post("/holds", guarded({ minAvailable: 2_001 }), freshKey())).body.error.code).toBe("CONDITION_FAILED");
    expect((await books.api.post("/journal-entries", guarded({ expectedVersion: 1 }), freshKey())).body.error.code).toBe("VERSION_STALE");
    expect((await books.api.post("/journal-entries", guarded({ minAvailable: 2_000, minPosted: 9_000 }), freshKey())).status).toBe(201);
  });

  test("an account with open holds is not archived", async () => {
    const books = await funded();
    const placed = await place(books, hold("rent", "cash", 1));
    expect((await books.api.patch(`/accounts/${books.accounts.rent}`, { status: "archived" })).body.error.code).toBe("IN_USE");
    await release(books, placed);
    expect((await books.api.patch(`/accounts/${books.accounts.rent}`, { status: "archived" })).status).toBe(200);
  });
});

describe("a hold with an end", () => {
  const start = Date.parse("2040-01-01T00:00:00Z");
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: start }));
  afterEach(() => void vi.useRealTimers());

  test("is over from that instant on, in every answer, by a fact of the ledger", async () => {
    const books = await funded();
    const placed = await place(books, hold("rent", "cash", 3_000, { expiresAt: "2040-01-01T00:01:00Z" }));
    vi.setSystemTime(start + 59_999);
    expect((await figures(books, "cash")).available).toBe(7_000);
    vi.setSystemTime(start + 60_000);
    expect(await figures(books, "cash")).toMatchObject({ available: 10_000, pending: { debits: 0, credits: 0 } });
    expect(await read(books, placed)).toMatchObject({ status: "expired", entryId: null, resolvedAt: "2040-01-01T00:01:00.000Z" });
    expect((await settle(books, placed)).body.error).toMatchObject({ code: "HOLD_STATE", details: [{ status: "expired" }] });
    // As known before, it was still held.
    expect(await figures(books, "cash", `?knownAt=${placed.body.sequence}`)).toMatchObject({
      available: 7_000,
      pending: { credits: 3_000 },
    });
    expect(await figures(books, "cash", `?knownAt=${placed.body.sequence - 1}`)).toMatchObject({
      available: 10_000,
      pending: { credits: 0 },
    });
  });

  test("does not begin after it", async () => {
    const books = await funded();
    expect(await place(books, hold("rent", "cash", 1, { expiresAt: "2039-12-31T23:59:59Z" }))).toMatchObject({
      status: 400,
      body: { error: { code: "VALIDATION_ERROR", details: [{ pointer: "/expiresAt" }] } },
    });
  });

  test("sent again under its key or its externalId after its end is answered all the same: it was placed", async () => {
    const books = await funded();
    const body = hold("rent", "cash", 3_000, { expiresAt: "2040-01-01T00:01:00Z", externalId: "auth-1" });
    const key = freshKey();
    const placed = await place(books, body, key);
    vi.setSystemTime(start + 120_000);
    expect(await place(books, body, key)).toMatchObject({ status: 200, text: placed.text });
    expect(await place(books, body)).toMatchObject({ status: 200, body: { id: placed.body.id, status: "expired" } });
    expect((await figures(books, "cash")).pending).toEqual({ debits: 0, credits: 0 });
  });
});

describe("holds of a group", () => {
  const group = () => ({ groupId: crypto.randomUUID() });

  test("have no end of their own", async () => {
    const books = await funded();
    expect((await place(books, hold("rent", "cash", 1, { ...group(), expiresAt: "2040-01-01T00:01:00Z" }))).status).toBe(400);
  });

  test("keep what would refuse their settlement from happening", async () => {
    const books = await funded();
    const placed = await place(books, hold("rent", "cash", 3_000, group()));
    const lock = { entityId: books.entityId, startDate: "2026-06-01", endDate: "2026-06-30", level: "hard" };
    expect((await books.api.send("PUT", "/period-locks", { body: lock })).body.error).toMatchObject({
      code: "IN_USE",
      details: [{ holdId: placed.body.id }],
    });
    expect((await books.api.patch(`/accounts/${books.accounts.rent}`, { status: "archived" })).body.error.code).toBe("IN_USE");
    expect((await settle(books, placed, { date: "2026-07-01" })).body.error.code).toBe("VALIDATION_ERROR");
    // A stricter policy that came meanwhile does not stop it either.
    await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: "four_eyes" });
    expect((await settle(books, placed)).status).toBe(201);
    expect((await books.api.send("PUT", "/period-locks", { body: lock })).status).toBe(200);
  });

  test("are placed by somebody whose entries need no approval", async () => {
    const books = await funded();
    const agent = await books.api.withRole("PREPARER", { kind: "agent" });
    const body = { entityId: books.entityId, ...hold("rent", "cash", 1, group()) };
    expect((await agent.post("/holds", body, freshKey())).body.error.code).toBe("APPROVAL_REQUIRED");
    expect((await books.api.post("/holds", body, freshKey())).status).toBe(201);
  });

  test("do not begin in a locked period", async () => {
    const books = await funded();
    await books.api.send("PUT", "/period-locks", {
      body: { entityId: books.entityId, startDate: "2026-06-01", endDate: "2026-06-30", level: "hard" },
    });
    expect((await place(books, hold("rent", "cash", 1, group()))).body.error.code).toBe("PERIOD_LOCKED");
  });
});

describe("the gate", () => {
  test("holds a settlement back until it is approved, while the hold stays open", async () => {
    const books = await funded();
    const agent = await books.api.withRole("PREPARER", { kind: "agent" });
    const person = (await personAt(books.site, "APPROVER")).api;
    const placed = await agent.post(
      "/holds",
      { entityId: books.entityId, ...hold("rent", "cash", 3_000, { externalId: "auth-1" }) },
      freshKey(),
    );
    expect(placed.status).toBe(201);
    const settlement = await agent.post(`/holds/${placed.body.id}/settle`, {}, freshKey());
    expect(settlement).toMatchObject({ status: 202, body: { status: "pending_approval", holdId: placed.body.id, externalId: "auth-1" } });
    expect(await read(books, placed)).toEqual(placed.body);
    const approved = await person.post(`/journal-entries/${settlement.body.id}/approve`, { version: 1 });
    expect(approved).toMatchObject({ status: 200, body: { id: settlement.body.id, status: "posted", holdId: placed.body.id } });
    expect(await read(books, placed)).toMatchObject({ status: "settled", entryId: settlement.body.id });
    expect(await figures(books, "cash")).toMatchObject({ balance: 7_000, available: 7_000 });
  });

  test("finds at the approval that the hold has gone another way", async () => {
    const books = await funded();
    const agent = await books.api.withRole("PREPARER", { kind: "agent" });
    const person = (await personAt(books.site, "APPROVER")).api;
    const placed = await place(books, hold("rent", "cash", 3_000));
    const settlement = await agent.post(`/holds/${placed.body.id}/settle`, {}, freshKey());
    await release(books, placed);
    expect((await person.post(`/journal-entries/${settlement.body.id}/approve`, { version: 1 })).body.error.code).toBe("HOLD_STATE");
    expect((await figures(books, "cash")).balance).toBe(10_000);
  });
});

test("the list of holds is narrowed by state, account, group, external id and dates, and paged in either order", async () => {
  const books = await funded();
  const groupId = crypto.randomUUID();
  const made: Record<string, Answer> = {
    open: await place(books, hold("rent", "cash", 1, { date: "2026-05-01", externalId: "h-1" })),
    grouped: await place(books, hold("rent", "cash", 1, { date: "2026-03-01", groupId })),
    settled: await place(books, hold("receivable", "cash", 1, { date: "2026-04-01" })),
    released: await place(books, hold("rent", "equity", 1, { date: "2026-02-01" })),
  };
  await settle(books, made.settled as Answer);
  await release(books, made.released as Answer);
  const list = async (query: string) => (await books.api.get(`/holds?entityId=${books.entityId}${query}`)).body;
  const names = async (query: string) =>
    (await list(query)).data.map((one: { id: string }) => Object.keys(made).find((name) => made[name]?.body.id === one.id));
  expect(await names("")).toEqual(["released", "settled", "grouped", "open"]);
  expect(await names("&sort=date:asc")).toEqual(["released", "grouped", "settled", "open"]);
  expect(await names("&status=open")).toEqual(["grouped", "open"]);
  expect(await names("&status=settled")).toEqual(["settled"]);
  expect(await names(`&groupId=${groupId}`)).toEqual(["grouped"]);
  expect(await names("&externalId=h-1")).toEqual(["open"]);
  expect(await names(`&accountId=${books.accounts.rent}`)).toEqual(["released", "grouped", "open"]);
  expect(await names("&startDate=2026-03-01&endDate=2026-04-30")).toEqual(["settled", "grouped"]);
  const first = await list("&sort=date:asc&limit=3");
  expect(first).toMatchObject({ totalCount: 4, hasMore: true });
  const second = await list(`&sort=date:asc&limit=3&cursor=${encodeURIComponent(first.nextCursor)}`);
  expect([...first.data, ...second.data]).toEqual((await list("&sort=date:asc")).data);
  expect((await books.api.get(`/holds?entityId=${books.entityId}&state=open`)).status).toBe(400);
});
