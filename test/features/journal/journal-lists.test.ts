import { beforeAll, describe, expect, test } from "vitest";
import { type Books, codes, entryOf, freshKey, newBooks, post } from "../../support/books.ts";

type Row = { id: string; sequence: number; date: string };

/** Follows nextCursor to the end. */
async function allPages(books: Books, path: string, between: () => Promise<unknown> = async () => undefined): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ""; ; ) {
    const page = await books.api.get(`${path}${cursor}`);
    expect(page.status).toBe(200);
    rows.push(...page.body.data);
    expect(page.body.hasMore).toBe(page.body.nextCursor !== null);
    if (page.body.nextCursor === null) return rows;
    cursor = `&cursor=${page.body.nextCursor}`;
    await between();
  }
}

describe("the list of entries", () => {
  let books: Books;
  let ids: string[];
  beforeAll(async () => {
    books = await newBooks();
    const entries = [
      entryOf("cash", "equity", 100_000, { date: "2026-01-05", reference: "founding" }),
      entryOf("cash", "sales", 500, { date: "2026-03-01", externalId: "s-1" }),
      entryOf("rent", "cash", 300, { date: "2026-02-01" }),
      entryOf("receivable", "sales", 700, { date: "2026-03-01", externalId: "s-2", reference: "inv" }),
      entryOf("rent", "cash", 300, { date: "2026-03-02", reference: "inv" }),
    ];
    const posted = await books.api.post("/journal-entries/batch", { mode: "atomic", entries }, freshKey());
    ids = posted.body.data.map((entry: { id: string }) => entry.id);
    await books.api.post(`/journal-entries/${ids[2]}/reverse`, { reason: "Accrual", date: "2026-04-01" });
    await books.api.post(`/journal-entries/${ids[4]}/void`, { reason: "Twice" });
  });

  async function listed(query: string): Promise<(number | string)[]> {
    const answer = await books.api.get(`/journal-entries?${query}`);
    expect(answer.status).toBe(200);
    expect(answer.body.totalCount).toBe(answer.body.data.length);
    return answer.body.data.map((entry: { id: string; reversalOf: string | null }) => {
      const of = entry.reversalOf === null ? ids.indexOf(entry.id) : ids.indexOf(entry.reversalOf);
      return entry.reversalOf === null ? of : `reversal of ${of}`;
    });
  }

  test.each([
    ["", ["reversal of 4", "reversal of 2", 4, 3, 2, 1, 0]],
    ["sort=sequence:asc", [0, 1, 2, 3, 4, "reversal of 2", "reversal of 4"]],
    ["sort=created_at:asc", [0, 1, 2, 3, 4, "reversal of 2", "reversal of 4"]],
    ["sort=date:asc", [0, 2, 1, 3, 4, "reversal of 4", "reversal of 2"]],
    ["sort=date:desc", ["reversal of 2", "reversal of 4", 4, 3, 1, 2, 0]],
    ["status=voided", [4]],
    ["status=reversed", [2]],
    ["status=posted&sort=sequence:asc", [0, 1, 3, "reversal of 2", "reversal of 4"]],
    ["externalId=s-2", [3]],
    ["externalId=nobody", []],
    ["reference=inv&sort=sequence:asc", [3, 4, "reversal of 4"]],
    ["startDate=2026-03-01&endDate=2026-03-01&sort=date:asc", [1, 3]],
    ["startDate=2026-03-02&sort=date:asc", [4, "reversal of 4", "reversal of 2"]],
    ["minAmount=301&maxAmount=700&sort=sequence:asc", [1, 3]],
    ["minAmount=100000", [0]],
    ["sourceType=api&startDate=2026-01-05&endDate=2026-02-01&sort=sequence:asc", [0, 2]],
    ["sourceType=bill", []],
    ["currency=USD&externalId=s-1", [1]],
  ])("with %s", async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  test("by account", async () => {
    expect(await listed(`accountId=${books.accounts.receivable}`)).toEqual([3]);
    expect(await listed(`accountId=${books.accounts.cash}&startDate=2026-02-15&sort=date:asc`)).toEqual([
      1,
      4,
      "reversal of 4",
      "reversal of 2",
    ]);
  });

  test("is the same under its aliases, and by page size and offset", async () => {
    const whole = await books.api.get("/journal-entries?limit=3");
    for (const path of [
      `/companies/${books.entityId}/journal-entries?limit=3`,
      "/entries?pageSize=3",
      `/journal-entries?limit=3&ledgerId=${books.ledgerId}`,
    ]) {
      expect((await books.api.get(path)).body.data).toEqual(whole.body.data);
    }
    expect(whole.body).toMatchObject({ totalCount: 7, hasMore: true });
    const rest = await books.api.get("/journal-entries?limit=200&offset=3");
    expect(rest.body.data).toHaveLength(4);
    expect(rest.body.hasMore).toBe(false);
  });

  test("another site's account, ledger or entity is as unknown as nobody's", async () => {
    const stranger = await newBooks();
    for (const [name, foreign] of [
      ["accountId", stranger.accounts.cash],
      ["ledgerId", stranger.ledgerId],
      ["entityId", stranger.entityId],
    ] as const) {
      const unknown = foreign.replace(/^.{8}/, "01980c1e");
      for (const list of ["journal-entries", "journal-lines", "transfers"]) {
        const [given, made] = [await books.api.get(`/${list}?${name}=${foreign}`), await books.api.get(`/${list}?${name}=${unknown}`)];
        expect(given).toMatchObject({ status: 422, body: { error: { code: "REFERENCE_NOT_FOUND" } } });
        expect({ ...given.body.error, requestId: "" }).toEqual({ ...made.body.error, requestId: "" });
      }
    }
  });

  test.each([
    ["colour=red", "colour"],
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=ten", "limit"],
    ["pageSize=1.5", "pageSize"],
    ["offset=-1", "offset"],
    ["offset=10001", "offset"],
    ["sort=colour:asc", "sort"],
    ["sort=date:up", "sort"],
    ["startDate=2026-02-30", "startDate"],
    ["status=unknown", "status"],
    ["minAmount=1.5", "minAmount"],
    ["maxAmount=-1", "maxAmount"],
    ["accountId=x", "accountId"],
    ["status=voided&status=posted", "status"],
  ])("?%s is a VALIDATION_ERROR that names it", async (query, pointer) => {
    const answer = await books.api.get(`/journal-entries?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR" } } });
    expect(answer.body.error.details[0].pointer).toBe(pointer);
  });

  test("a cursor is good for its list, filters, order and site alone", async () => {
    const { nextCursor } = (await books.api.get("/journal-entries?limit=2")).body;
    const stranger = await newBooks();
    expect((await books.api.get(`/journal-entries?limit=3&cursor=${nextCursor}`)).status).toBe(200);
    for (const answer of [
      await books.api.get(`/journal-entries?status=posted&cursor=${nextCursor}`),
      await books.api.get(`/journal-entries?sort=date:asc&cursor=${nextCursor}`),
      await books.api.get(`/transfers?cursor=${nextCursor}`),
      await books.api.get(`/journal-lines?cursor=${nextCursor}`),
      await stranger.api.get(`/journal-entries?cursor=${nextCursor}`),
      // Not at its end, where a character says less than it could, and another may say the same.
      await books.api.get(
        `/journal-entries?cursor=${nextCursor.slice(0, -5)}${nextCursor.at(-5) === "A" ? "B" : "A"}${nextCursor.slice(-4)}`,
      ),
      await books.api.get("/journal-entries?cursor=nonsense"),
    ]) {
      expect(answer).toMatchObject({ status: 400, body: { error: { code: "INVALID_CURSOR" } } });
    }
  });
});

describe("pages while others post", () => {
  test.each(["sequence:asc", "sequence:desc", "date:asc", "date:desc"])(
    "in order of %s nothing is skipped and nothing comes twice",
    async (sort) => {
      const books = await newBooks();
      const dates = ["2026-03-01", "2026-01-01", "2026-02-01"];
      const entries = Array.from({ length: 40 }, (_, i) => entryOf("cash", "sales", i + 1, { date: dates[i % 3] }));
      const posted = await books.api.post("/journal-entries/batch", { mode: "atomic", entries }, freshKey());
      const there: string[] = posted.body.data.map((entry: Row) => entry.id);
      let turn = 0;
      const rows = await allPages(books, `/journal-entries?limit=7&sort=${sort}`, () =>
        post(books, entryOf("cash", "sales", 1, { date: dates[turn++ % 3] })),
      );
      const ids = rows.map((row) => row.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => there.includes(id)).sort()).toEqual([...there].sort());
      const keys = rows.map((row) =>
        sort.startsWith("date") ? `${row.date} ${String(row.sequence).padStart(12, "0")}` : String(row.sequence).padStart(12, "0"),
      );
      expect(keys).toEqual(sort.endsWith("asc") ? [...keys].sort() : [...keys].sort().reverse());
    },
  );

  test("lines of a ledger come page by page, each once", async () => {
    const books = await newBooks();
    const entries = Array.from({ length: 15 }, (_, i) => entryOf("cash", "sales", i + 1, { date: i % 2 ? "2026-01-01" : "2026-02-01" }));
    await books.api.post("/journal-entries/batch", { mode: "atomic", entries }, freshKey());
    for (const sort of ["sequence:asc", "sequence:desc", "date:asc", "date:desc"]) {
      const rows = (await allPages(books, `/journal-lines?limit=4&sort=${sort}`)) as unknown as { journalEntryId: string; no: number }[];
      expect(rows).toHaveLength(30);
      expect(new Set(rows.map((row) => `${row.journalEntryId} ${row.no}`)).size).toBe(30);
    }
    const some = await books.api.get(`/journal-lines?accountId=${books.accounts.sales}&startDate=2026-02-01`);
    expect(some.body.totalCount).toBe(8);
    expect(some.body.data[0]).toMatchObject({ accountCode: codes.sales, side: "credit", date: "2026-02-01" });
  });
});

describe("transfers", () => {
  test("are the entries as movements, with their filters", async () => {
    const books = await newBooks();
    const entry = await post(books, {
      date: "2026-06-08",
      externalId: "t-1",
      lines: [
        { accountCode: codes.cash, side: "debit", amount: 70, memo: "net" },
        { accountCode: codes.rent, side: "debit", amount: 30 },
        { accountCode: codes.sales, side: "credit", amount: 100 },
      ],
    });
    const transfer = {
      id: entry.id,
      status: "posted",
      sequence: entry.sequence,
      createdAt: entry.createdAt,
      date: "2026-06-08",
      amount: 100,
      description: null,
      reference: null,
      externalId: "t-1",
      metadata: {},
      ledgerId: books.ledgerId,
      currency: "USD",
      debits: [
        { accountId: books.accounts.cash, accountCode: codes.cash, amount: 70, memo: "net" },
        { accountId: books.accounts.rent, accountCode: codes.rent, amount: 30, memo: null },
      ],
      credits: [{ accountId: books.accounts.sales, accountCode: codes.sales, amount: 100, memo: null }],
      event: null,
    };
    expect((await books.api.get(`/transfers/${entry.id}`)).body).toEqual(transfer);
    expect((await books.api.get("/transfers?externalId=t-1")).body).toEqual({
      data: [transfer],
      totalCount: 1,
      hasMore: false,
      nextCursor: null,
    });
    expect((await books.api.get("/transfers?minAmount=101")).body.data).toEqual([]);
  });
});
