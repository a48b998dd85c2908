import { describe, expect, test } from "vitest";
import { balanceOf, booksOf, codes, entryOf, freshKey, newBooks, post } from "../../support/books.ts";

describe("the balance of an account", () => {
  test("is on its normal side, with turnover, version and the sequence it includes", async () => {
    const books = await newBooks();
    const untouched = await books.api.get(`/accounts/${books.accounts.sales}/balance`);
    expect(untouched.body).toMatchObject({
      balance: 0,
      available: 0,
      version: 0,
      posted: { debits: 0, credits: 0 },
      pending: { debits: 0, credits: 0 },
    });
    await post(books, entryOf("cash", "sales", 100));
    const refund = await post(books, entryOf("sales", "cash", 30));
    const sales = await books.api.get(`/companies/${books.entityId}/accounts/${books.accounts.sales}/balance`);
    expect(sales.body).toEqual({
      accountId: books.accounts.sales,
      code: codes.sales,
      type: "income",
      currency: "USD",
      normalSide: "credit",
      posted: { debits: 30, credits: 100 },
      pending: { debits: 0, credits: 0 },
      balance: 70,
      available: 70,
      version: 2,
      sequence: refund.sequence,
      asOf: null,
      knownAt: null,
    });
    expect(await balanceOf(books, "cash")).toBe(70);
  });

  test("at every asOf and knownAt is the fold of what was dated so and known then", async () => {
    const books = await newBooks();
    const steps = [
      { date: "2026-03-10", amount: 100 },
      { date: "2026-01-31", amount: 20 },
      { date: "2026-02-01", amount: 3 },
      { date: "2025-12-31", amount: 4000 },
      { date: "2026-03-10", amount: 50_000 },
    ];
    const known: { sequence: number; date: string; amount: number }[] = [];
    for (const { date, amount } of steps)
      known.push({ date, amount, sequence: (await post(books, entryOf("cash", "sales", amount, { date }))).sequence });
    for (const asOf of ["2025-12-30", "2025-12-31", "2026-01-31", "2026-02-01", "2026-03-09", "2026-03-10", "2030-01-01"]) {
      for (const { sequence } of known) {
        const expected = known
          .filter((entry) => entry.date <= asOf && entry.sequence <= sequence)
          .reduce((sum, entry) => sum + entry.amount, 0);
        expect(await balanceOf(books, "cash", `?asOf=${asOf}&knownAt=${sequence}`)).toBe(expected);
      }
    }
    expect(await balanceOf(books, "cash", `?knownAt=${known[1]?.sequence}`)).toBe(120);
    expect(await balanceOf(books, "cash", "?knownAt=0")).toBe(0);
  });

  test("of another site's account is unknown, and a bad point is refused", async () => {
    const books = await newBooks();
    const stranger = await newBooks();
    const second = await booksOf(books.api);
    for (const path of ["balance", "balance-history?startDate=2026-01-01&endDate=2026-01-31", "lines"]) {
      const foreign = await stranger.api.get(`/accounts/${books.accounts.cash}/${path}`);
      const unknown = await stranger.api.get(`/accounts/01980c1e-7e0c-8000-8000-400000000002/${path}`);
      expect(foreign).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
      expect({ ...foreign.body.error, requestId: "" }).toEqual({ ...unknown.body.error, requestId: "" });
      expect((await books.api.get(`/companies/${second.entityId}/accounts/${books.accounts.cash}/${path}`)).status).toBe(404);
    }
    for (const query of ["asOf=2026-02-30", "asOf=yesterday", "knownAt=-1", "knownAt=1.5", "knownAt=x", "at=2026-01-01"]) {
      expect(await books.api.get(`/accounts/${books.accounts.cash}/balance?${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: "VALIDATION_ERROR" } },
      });
    }
  });
});

describe("the history of a balance", () => {
  test("has a point at the end of each interval, opening balance included", async () => {
    const books = await newBooks();
    await post(books, entryOf("cash", "equity", 1000, { date: "2025-11-01" }));
    await post(books, entryOf("rent", "cash", 100, { date: "2026-01-31" }));
    const late = await post(books, entryOf("rent", "cash", 10, { date: "2026-03-05" }));
    const history = await books.api.get(
      `/accounts/${books.accounts.cash}/balance-history?startDate=2026-01-15&endDate=2026-03-10&interval=month`,
    );
    expect(history.body).toEqual({
      accountId: books.accounts.cash,
      currency: "USD",
      interval: "month",
      startDate: "2026-01-15",
      endDate: "2026-03-10",
      knownAt: null,
      data: [
        { date: "2026-01-31", debits: 1000, credits: 100, balance: 900 },
        { date: "2026-02-28", debits: 1000, credits: 100, balance: 900 },
        { date: "2026-03-10", debits: 1000, credits: 110, balance: 890 },
      ],
    });
    const before = await books.api.get(
      `/accounts/${books.accounts.cash}/balance-history?startDate=2026-03-04&endDate=2026-03-06&knownAt=${late.sequence - 1}`,
    );
    expect(before.body.data.map((point: { balance: number }) => point.balance)).toEqual([900, 900, 900]);
  });

  test.each([
    ["startDate=2026-01-02&endDate=2026-01-01", "endDate"],
    ["startDate=2026-01-01", "endDate"],
    ["startDate=2000-01-01&endDate=2026-01-01", "endDate"],
    ["startDate=2026-01-01&endDate=2026-01-02&interval=hour", "interval"],
  ])("%s is refused", async (query, pointer) => {
    const books = await newBooks();
    const answer = await books.api.get(`/accounts/${books.accounts.cash}/balance-history?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR", details: [{ pointer }] } } });
  });
});

describe("the lines of an account", () => {
  test("run in date order with the running balance, either way and across pages", async () => {
    const books = await newBooks();
    const moves = [
      ["2026-03-01", 5],
      ["2026-01-01", 100],
      ["2026-02-01", -30],
      ["2026-01-01", 7],
      ["2026-03-01", -2],
    ] as const;
    for (const [date, amount] of moves)
      await post(books, amount > 0 ? entryOf("cash", "sales", amount, { date }) : entryOf("sales", "cash", -amount, { date }));
    const path = `/accounts/${books.accounts.cash}/lines`;
    const whole = (await books.api.get(path)).body;
    expect(whole).toMatchObject({ totalCount: 5, hasMore: false });
    expect(
      whole.data.map((line: { date: string; runningBalance: number; balanceAfter: number }) => [
        line.date,
        line.runningBalance,
        line.balanceAfter,
      ]),
    ).toEqual([
      ["2026-01-01", 100, 105],
      ["2026-01-01", 107, 82],
      ["2026-02-01", 77, 75],
      ["2026-03-01", 82, 5],
      ["2026-03-01", 80, 80],
    ]);
    for (const sort of ["date:asc", "date:desc"]) {
      const paged: unknown[] = [];
      for (let cursor = ""; ; ) {
        const page = (await books.api.get(`${path}?limit=2&sort=${sort}${cursor}`)).body;
        paged.push(...page.data);
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      expect(paged).toEqual(sort === "date:asc" ? whole.data : [...whole.data].reverse());
    }
    const february = (await books.api.get(`${path}?startDate=2026-02-01&endDate=2026-02-28`)).body;
    expect(february.data).toMatchObject([{ date: "2026-02-01", side: "credit", amount: 30, runningBalance: 77 }]);
    const bySequence = (await books.api.get(`${path}?sort=sequence:asc`)).body.data;
    expect(bySequence.map((line: { balanceAfter: number }) => line.balanceAfter)).toEqual([5, 105, 75, 82, 80]);
    expect(bySequence[0]).not.toHaveProperty("runningBalance");
  });
});

describe("the balances of a ledger", () => {
  test("come in order of code, by type, by ids, by page, now and then", async () => {
    const books = await newBooks();
    const first = await post(books, entryOf("cash", "equity", 1000, { date: "2026-01-01" }));
    await post(books, entryOf("rent", "cash", 100, { date: "2026-02-01" }));
    const told = async (query: string) => {
      const answer = await books.api.get(`/balances?${query}`);
      expect(answer.status).toBe(200);
      return answer.body.data.map((row: { code: string; balance: number }) => `${row.code} ${row.balance}`);
    };
    expect(await told("")).toEqual(["1000 900", "1100 0", "3000 1000", "4000 0", "6000 100"]);
    expect(await told("sort=code:desc&limit=2")).toEqual(["6000 100", "4000 0"]);
    expect(await told("asOf=2026-01-31")).toEqual(["1000 1000", "1100 0", "3000 1000", "4000 0", "6000 0"]);
    expect(await told(`knownAt=${first.sequence}`)).toEqual(["1000 1000", "1100 0", "3000 1000", "4000 0", "6000 0"]);
    expect(await told("type=bank,expense")).toEqual(["1000 900", "6000 100"]);
    expect(await told(`accountIds=${books.accounts.rent},${books.accounts.equity}`)).toEqual(["3000 1000", "6000 100"]);
    for (const sort of ["code:asc", "code:desc"]) {
      const seen: string[] = [];
      for (let cursor = ""; ; ) {
        const page = (await books.api.get(`/balances?limit=2&sort=${sort}${cursor}`)).body;
        expect(page.totalCount).toBe(5);
        seen.push(...page.data.map((row: { code: string }) => row.code));
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      expect(seen).toEqual(sort === "code:asc" ? ["1000", "1100", "3000", "4000", "6000"] : ["6000", "4000", "3000", "1100", "1000"]);
    }
    expect(await told("offset=3")).toEqual(["4000 0", "6000 100"]);
    const stranger = await newBooks();
    expect(await told(`accountIds=${stranger.accounts.cash}`)).toEqual([]);
    for (const query of [
      "type=cash",
      "accountIds=x",
      `accountIds=${Array(201).fill(books.accounts.cash).join(",")}`,
      "sort=balance:asc",
      "name=x",
    ]) {
      expect((await books.api.get(`/balances?${query}`)).status).toBe(400);
    }
  });

  test("name one ledger", async () => {
    const books = await newBooks();
    const second = await booksOf(books.api);
    expect(await books.api.get("/balances")).toMatchObject({ status: 400, body: { error: { code: "ENTITY_REQUIRED" } } });
    await second.api.post("/journal-entries", { ledgerId: second.ledgerId, ...entryOf("cash", "sales", 7) }, freshKey());
    for (const query of [
      `/balances?ledgerId=${second.ledgerId}`,
      `/balances?entityId=${second.entityId}`,
      `/companies/${second.entityId}/balances?currency=USD`,
    ]) {
      expect((await books.api.get(query)).body.data[0]).toMatchObject({ code: codes.cash, balance: 7 });
    }
    expect(await books.api.get(`/balances?entityId=${second.entityId}&currency=EUR`)).toMatchObject({
      status: 422,
      body: { error: { code: "REFERENCE_NOT_FOUND" } },
    });
  });
});
