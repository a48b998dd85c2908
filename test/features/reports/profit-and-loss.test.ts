import { describe, expect, test } from "vitest";
import { type Books, entryOf, newBooks, post } from "../../support/books.ts";

async function report(books: Books, query = "") {
  const answer = await books.api.get(`/companies/${books.entityId}/reports/profit-and-loss?${query}`);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

async function booksOfTwoYears(): Promise<Books> {
  const books = await newBooks({ fiscalYearStart: "04-01" });
  await post(books, entryOf("cash", "equity", 10_000, { date: "2024-04-01" }));
  await post(books, entryOf("cash", "sales", 500, { date: "2025-03-31" }));
  await post(books, entryOf("rent", "cash", 200, { date: "2025-03-31" }));
  await post(books, entryOf("cash", "sales", 50, { date: "2025-04-01" }));
  await post(books, entryOf("cash", "sales", 9, { date: "2025-05-15" }));
  await post(books, entryOf("rent", "cash", 30, { date: "2025-06-30" }));
  return books;
}

describe("profit and loss", () => {
  test("of the fiscal year to a day, with the ledger's own year", async () => {
    const books = await booksOfTwoYears();
    const body = await report(books, "endDate=2025-06-30");
    expect(body).toMatchObject({
      report: "profit-and-loss",
      companyId: books.entityId,
      ledgerId: books.ledgerId,
      currency: "USD",
      period: { startDate: "2025-04-01", endDate: "2025-06-30" },
      fiscalYearStart: "2025-04-01",
      columns: [{ key: "c0", kind: "period", startDate: "2025-04-01", endDate: "2025-06-30" }],
      totals: { totalIncome: [59], grossProfit: [59], totalExpenses: [30], netOperatingIncome: [29], netIncome: [29] },
      truncated: false,
    });
    expect(body.sections[0].rows).toMatchObject([{ code: "4000", depth: 0, amountsCents: [59], rollupCents: [59] }]);
    expect(body.checks.every((check: { ok: boolean }) => check.ok)).toBe(true);
  });

  test("in months and beside the year before, each column of its own days", async () => {
    const books = await booksOfTwoYears();
    const months = await report(books, "startDate=2025-03-31&endDate=2025-06-30&columns=month");
    expect(months.columns.map((column: { startDate: string; endDate: string }) => `${column.startDate} ${column.endDate}`)).toEqual([
      "2025-03-31 2025-03-31",
      "2025-04-01 2025-04-30",
      "2025-05-01 2025-05-31",
      "2025-06-01 2025-06-30",
      "2025-03-31 2025-06-30",
    ]);
    expect(months.totals).toMatchObject({
      totalIncome: [500, 50, 9, 0, 559],
      totalExpenses: [200, 0, 0, 30, 230],
      netIncome: [300, 50, 9, -30, 329],
    });
    const beside = await report(books, "startDate=2026-03-31&endDate=2026-04-01&compare=previousYear");
    expect(beside.totals.netIncome).toEqual([0, 350]);
    const both = await report(books, "startDate=2026-03-31&endDate=2026-05-31&columns=month&compare=previousYear");
    expect(both.columns.map(({ key, kind, startDate }: Record<string, string>) => `${key} ${kind} ${startDate}`)).toEqual([
      "c0 period 2026-03-31",
      "c1 period 2026-04-01",
      "c2 period 2026-05-01",
      "total total 2026-03-31",
      "c3 previousYear 2025-03-31",
      "c4 previousYear 2025-04-01",
      "c5 previousYear 2025-05-01",
      "previousYearTotal total 2025-03-31",
    ]);
    expect(both.totals.netIncome).toEqual([0, 0, 0, 0, 300, 50, 9, 359]);
    const first = await report(books, "startDate=2025-03-31&endDate=2025-05-31&columns=month&compare=previousYear");
    expect(first.totals.netIncome).toEqual([300, 50, 9, 359, 0, 0, 0, 0]);
    expect(both.checks.every((check: { ok: boolean }) => check.ok)).toBe(true);
  });

  test("as known at a sequence is what it was then, whatever was dated back since", async () => {
    const books = await booksOfTwoYears();
    const then = await report(books, "startDate=2025-01-01&endDate=2025-12-31&columns=quarter");
    await post(books, entryOf("rent", "cash", 1_000, { date: "2025-05-05" }));
    const again = await report(books, `startDate=2025-01-01&endDate=2025-12-31&columns=quarter&knownAt=${then.ledgerSequence}`);
    expect(again.ledgerSequence).toBe(then.ledgerSequence);
    expect({ ...again, generatedAt: "", filters: {} }).toEqual({ ...then, generatedAt: "", filters: {} });
    expect((await report(books, "startDate=2025-01-01&endDate=2025-12-31")).totals.netIncome).toEqual([329 - 1_000]);
  });

  test("comes, for any day, to what revenue and expense are in the trial balance of that day", async () => {
    const books = await booksOfTwoYears();
    for (const asOf of ["2024-04-01", "2025-03-30", "2025-03-31", "2025-04-01", "2025-06-29", "2025-06-30", "2026-03-31", "2026-04-01"]) {
      const trial = (await books.api.get(`/companies/${books.entityId}/reports/trial-balance?asOf=${asOf}`)).body;
      const temporary = trial.sections
        .filter(({ key }: { key: string }) => key === "revenue" || key === "expenses")
        .flatMap(({ rows }: { rows: { closingDebitCents: number; closingCreditCents: number }[] }) => rows);
      const earned = temporary.reduce(
        (sum: number, row: { closingDebitCents: number; closingCreditCents: number }) =>
          sum + row.closingCreditCents - row.closingDebitCents,
        0,
      );
      expect((await report(books, `endDate=${asOf}`)).totals.netIncome, asOf).toEqual([earned]);
    }
  });

  test("lists accounts without figures when it is asked to, under their parents", async () => {
    const books = await newBooks();
    const { entityId, accounts } = books;
    const opened = await books.api.post("/accounts", {
      entityId,
      code: "6010",
      name: "Office rent",
      type: "expense",
      parentId: accounts.rent,
    });
    expect(opened.status).toBe(201);
    await post(books, {
      ...entryOf("rent", "cash", 5),
      lines: [
        { accountCode: "6010", side: "debit", amount: 7 },
        { accountCode: "1000", side: "credit", amount: 7 },
      ],
    });
    const [, , expenses] = (await report(books, "startDate=2026-01-01&endDate=2026-12-31")).sections;
    expect(expenses.rows).toMatchObject([
      { code: "6000", depth: 0, parentId: null, amountsCents: [0], rollupCents: [7] },
      { code: "6010", depth: 1, parentId: accounts.rent, amountsCents: [7], rollupCents: [7] },
    ]);
    const all = await report(books, "startDate=2026-01-01&endDate=2026-12-31&includeZero=true");
    expect(all.sections[0].rows).toMatchObject([{ code: "4000", amountsCents: [0] }]);
  });

  test.each([
    ["startDate=2026-02-01&endDate=2026-01-01", "startDate"],
    ["columns=month&compare=previousPeriod", "compare"],
    ["startDate=2022-01-01&endDate=2024-12-31&columns=month&compare=previousYear", "columns"],
    ["startDate=1900-01-01&endDate=1900-02-28&columns=month&compare=previousYear", "compare"],
    ["columns=week", "columns"],
    ["startDate=2020-01-01&endDate=2026-01-01&columns=month", "columns"],
    ["startDate=1900-02-01&endDate=1900-02-28&compare=previousYear", "compare"],
    ["startDate=2025-02-29", "startDate"],
    ["asOf=2026-01-01", "asOf"],
  ])("that cannot be (%s) is refused by name", async (query, pointer) => {
    const books = await newBooks();
    const answer = await books.api.get(`/companies/${books.entityId}/reports/profit-and-loss?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR", details: [{ pointer }] } } });
  });
});
