import { describe, expect, test } from "vitest";
import { balanceOf, codes, entryOf, freshKey, newBooks, post } from "../../support/books.ts";

const bad = {
  date: "2026-06-08",
  lines: [
    { accountCode: "9999", side: "debit", amount: 1 },
    { accountCode: codes.cash, side: "credit", amount: 1 },
  ],
};

describe("a batch", () => {
  test("posts all entries in one commit, later ones on top of earlier ones", async () => {
    const books = await newBooks();
    const entries = [entryOf("cash", "equity", 100), entryOf("rent", "cash", 30), entryOf("cash", "sales", 5)];
    const answer = await books.api.post("/journal-entries/batch", { mode: "atomic", entries }, freshKey());
    expect(answer.status).toBe(201);
    expect(answer.body.data.map((entry: { sequence: number }) => entry.sequence - answer.body.data[0].sequence)).toEqual([0, 1, 2]);
    expect(answer.body.data[1].lines[1]).toMatchObject({ accountCode: codes.cash, balanceAfter: 70, accountVersion: 2 });
    expect(answer.body.head).toEqual({ sequence: answer.body.data[2].sequence, seal: answer.body.data[2].seal });
    expect(new Set(answer.body.data.map((entry: { createdAt: string }) => entry.createdAt)).size).toBe(1);
  });

  test("atomic: one refusal refuses all, names its entry and leaves nothing", async () => {
    const books = await newBooks();
    const answer = await books.api.post(
      "/journal-entries/batch",
      { mode: "atomic", entries: [entryOf("cash", "equity", 100), bad] },
      freshKey(),
    );
    expect(answer).toMatchObject({ status: 422, body: { error: { code: "ACCOUNT_NOT_FOUND" } } });
    expect(answer.body.error.details[0].pointer).toBe("/entries/1/lines/0/accountCode");
    expect(await balanceOf(books, "cash")).toBe(0);
  });

  test("each: a refused entry leaves the others, and every entry has its result in place", async () => {
    const books = await newBooks();
    const entries = [entryOf("cash", "equity", 100), bad, entryOf("rent", "cash", 30)];
    const answer = await books.api.post("/journal-entries/batch", { mode: "each", entries }, freshKey());
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject([{ status: "posted" }, { error: { code: "ACCOUNT_NOT_FOUND" } }, { status: "posted" }]);
    expect(answer.body.data[1].error.details[0].pointer).toBe("/entries/1/lines/0/accountCode");
    expect(await balanceOf(books, "cash")).toBe(70);
  });

  test("Prefer: return=minimal answers ids, sequences and refusals only", async () => {
    const books = await newBooks();
    const answer = await books.api.post(
      "/journal-entries/batch",
      { mode: "each", entries: [entryOf("cash", "equity", 100), bad] },
      { ...freshKey(), prefer: "respond-async, return=minimal" },
    );
    expect(answer.headers.get("preference-applied")).toBe("return=minimal");
    expect(Object.keys(answer.body.data[0]).sort()).toEqual(["id", "sequence"]);
    expect(answer.body.data[1].error.code).toBe("ACCOUNT_NOT_FOUND");
    expect((await books.api.get(`/journal-entries/${answer.body.data[0].id}`)).body.sequence).toBe(answer.body.data[0].sequence);
  });

  test("a repeated batch is answered byte for byte, small or large, and posts nothing", async () => {
    const books = await newBooks();
    for (const size of [2, 500]) {
      const key = freshKey();
      const request = { mode: "atomic", entries: Array.from({ length: size }, (_, i) => entryOf("cash", "sales", i + 1)) };
      const first = await books.api.post("/journal-entries/batch", request, key);
      const before = await balanceOf(books, "cash");
      await post(books, entryOf("cash", "sales", 1));
      const again = await books.api.post("/journal-entries/batch", request, key);
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(again.text).toBe(first.text);
      expect(await balanceOf(books, "cash")).toBe(before + 1);
    }
  });

  test("however it is written, the same batch under the same key is the same, and one with another digit is another", async () => {
    const books = await newBooks();
    const key = freshKey();
    const entry = entryOf("cash", "sales", 125, { description: "Beans", externalId: "e-1" });
    const plain = JSON.stringify({ mode: "atomic", entries: [entry, entryOf("rent", "cash", 30)] });
    const turned = JSON.stringify({
      entries: [Object.fromEntries(Object.entries(entry).reverse()), entryOf("rent", "cash", 30)],
      mode: "atomic",
    });
    const send = (text: string) => books.api.send("POST", "/journal-entries/batch", { text, headers: key });
    const first = await send(plain);
    expect(first.status).toBe(201);
    // The escape sends it the other way, through the parser and the schema.
    for (const text of [plain, turned, turned.replace("Beans", "B\\u0065ans"), ` ${turned}\n`]) {
      const again = await send(text);
      expect([again.status, again.text]).toEqual([200, first.text]);
    }
    for (const text of [plain.replaceAll("125", "126"), turned.replace("Beans", "B\\u0065ams")])
      expect(await send(text)).toMatchObject({ status: 422, body: { error: { code: "IDEMPOTENCY_KEY_REUSED" } } });
    expect(await balanceOf(books, "cash")).toBe(95);
  });

  test("the same externalId twice: the second is the first, in the batch and beyond it", async () => {
    const books = await newBooks();
    const entry = entryOf("cash", "sales", 5, { externalId: "e-1" });
    const answer = await books.api.post("/journal-entries/batch", { mode: "atomic", entries: [entry, entry] }, freshKey());
    expect(answer.body.data[0].id).toBe(answer.body.data[1].id);
    const beyond = await books.api.post(
      "/journal-entries/batch",
      { mode: "atomic", entries: [entry, entryOf("cash", "sales", 1)] },
      freshKey(),
    );
    expect(beyond.body.data[0].id).toBe(answer.body.data[0].id);
    expect(await balanceOf(books, "cash")).toBe(6);
  });

  test("10,000 entries go in at once, 10,001 and 40,001 lines do not", async () => {
    const books = await newBooks();
    const entries = Array.from({ length: 10_000 }, () => entryOf("cash", "sales", 1));
    const minimal = { prefer: "return=minimal" };
    const answer = await books.api.post("/journal-entries/batch", { mode: "atomic", entries }, { ...freshKey(), ...minimal });
    expect(answer.status).toBe(201);
    expect(answer.body.data).toHaveLength(10_000);
    expect(await balanceOf(books, "cash")).toBe(10_000);
    const tooMany = await books.api.post("/journal-entries/batch", { mode: "atomic", entries: [...entries, entries[0]] }, freshKey());
    expect(tooMany).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR" } } });
    const line = { accountCode: codes.cash, side: "debit", amount: 1 };
    const tooLong = await books.api.post(
      "/journal-entries/batch",
      { mode: "atomic", entries: Array(201).fill({ date: "2026-06-08", lines: Array(200).fill(line) }) },
      freshKey(),
    );
    expect(tooLong).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR", details: [{ pointer: "/entries" }] } } });
    expect(await balanceOf(books, "cash")).toBe(10_000);
  });

  test.each([
    ["no mode", { entries: [entryOf("cash", "sales", 1)] }, "/mode"],
    ["an unknown mode", { mode: "some", entries: [entryOf("cash", "sales", 1)] }, "/mode"],
    ["no entries", { mode: "each", entries: [] }, "/entries"],
    ["an entry of another ledger", { mode: "each", entries: [entryOf("cash", "sales", 1, { currency: "USD" })] }, "/entries/0/currency"],
    [
      "a malformed entry",
      { mode: "each", entries: [entryOf("cash", "sales", 1), entryOf("cash", "sales", 0)] },
      "/entries/1/lines/0/amount",
    ],
  ])("with %s is refused whole, in each mode too", async (_, body, pointer) => {
    const books = await newBooks();
    const answer = await books.api.post("/journal-entries/batch", body, freshKey());
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR" } } });
    expect(answer.body.error.details.map((detail: { pointer: string }) => detail.pointer)).toContain(pointer);
    expect(await balanceOf(books, "cash")).toBe(0);
  });
});

describe("a dry run", () => {
  test("answers what a post would answer, ids, instant and seal aside, and writes nothing", async () => {
    const books = await newBooks();
    const entry = entryOf("cash", "sales", 5, { externalId: "e-1" });
    const dry = await books.api.post("/journal-entries/validate", entry);
    expect(dry.status).toBe(200);
    expect(await balanceOf(books, "cash")).toBe(0);
    expect((await books.api.get("/journal-entries")).body.totalCount).toBe(0);
    const { id: _id, journalEntryId: _same, createdAt: _at, requestId: _request, seal: _seal, ...told } = dry.body;
    expect(await post(books, entry)).toMatchObject(told);
  });

  test("answers refusals with their code and status, for one entry and for many", async () => {
    const books = await newBooks();
    expect(await books.api.post("/journal-entries/validate", bad)).toMatchObject({
      status: 422,
      body: { error: { code: "ACCOUNT_NOT_FOUND" } },
    });
    expect(await books.api.post("/journal-entries/validate", { mode: "atomic", entries: [bad] })).toMatchObject({
      status: 422,
      body: { error: { code: "ACCOUNT_NOT_FOUND" } },
    });
    const each = await books.api.post("/journal-entries/validate", { mode: "each", entries: [entryOf("cash", "sales", 5), bad] });
    expect(each).toMatchObject({ status: 200, body: { data: [{ status: "posted" }, { error: { code: "ACCOUNT_NOT_FOUND" } }] } });
    expect(await balanceOf(books, "cash")).toBe(0);
    const malformed = await books.api.post("/journal-entries/validate", { mode: "each", entries: [{}] });
    expect(malformed.body.error.details.map((detail: { pointer: string }) => detail.pointer)).toEqual([
      "/entries/0/date",
      "/entries/0/lines",
    ]);
  });
});
