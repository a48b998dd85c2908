import { describe, expect, test } from "vitest";
import { type Books, codes, entryOf, freshKey, newBooks, post } from "../../support/books.ts";

async function file(books: Books, report: string, query: string) {
  const answer = await books.api.get(`/companies/${books.entityId}/reports/${report}?format=csv&${query}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
  return answer;
}

/** Rows of files without quotes. */
function rowsOf(text: string): string[][] {
  expect(text.endsWith("\r\n")).toBe(true);
  return text
    .trimEnd()
    .split("\r\n")
    .map((row) => row.split(","));
}

/** The rows by the names of their columns, only those that are asked for. */
function cells(text: string, ...names: readonly string[]): string[] {
  const [header = [], ...rows] = rowsOf(text);
  expect(rows.every((row) => row.length === header.length)).toBe(true);
  return rows.map((row) => names.map((name) => row[header.indexOf(name)] ?? `no ${name}`).join(" "));
}

async function booksOfTwoYears(): Promise<Books> {
  const books = await newBooks();
  await post(books, entryOf("cash", "equity", 10_000, { date: "2025-01-01" }));
  await post(books, entryOf("cash", "sales", 500, { date: "2025-12-31" }));
  await post(books, entryOf("rent", "cash", 30, { date: "2026-01-31" }));
  return books;
}

describe("format=csv", () => {
  test("of the trial balance has the figures of the JSON, a row each, in the same columns", async () => {
    const books = await booksOfTwoYears();
    const { text, headers } = await file(books, "trial-balance", "asOf=2026-06-30");
    expect(headers.get("content-disposition")).toBe('attachment; filename="trial-balance-2026-06-30.csv"');
    const figures = ["openingCents", "debitCents", "creditCents", "closingDebitCents", "closingCreditCents"];
    expect(cells(text, "kind", "section", "code", "key", "currency", ...figures)).toEqual([
      "account assets 1000  USD 10500 0 30 10470 0",
      "sectionTotal assets   USD 10500 0 30 10470 0",
      "sectionTotal liabilities   USD 0 0 0 0 0",
      "account equity 3000  USD 10000 0 0 0 10000",
      "computed equity  priorYearsEarnings USD 500 0 0 0 500",
      "sectionTotal equity   USD 10500 0 0 0 10500",
      "sectionTotal revenue   USD 0 0 0 0 0",
      "account expenses 6000  USD 0 30 0 30 0",
      "sectionTotal expenses   USD 0 30 0 30 0",
      "total    USD  30 30 10500 10500",
    ]);
  });

  test("of profit and loss names the days of each column, and tells every total by its key", async () => {
    const books = await booksOfTwoYears();
    const { text, headers } = await file(books, "profit-and-loss", "startDate=2026-01-01&endDate=2026-12-31&compare=previousYear");
    expect(headers.get("content-disposition")).toBe('attachment; filename="profit-and-loss-2026-01-01-to-2026-12-31.csv"');
    const columns = ["amountsCents 2026-01-01 to 2026-12-31", "amountsCents previous year 2025-01-01 to 2025-12-31"];
    const rollups = ["rollupCents 2026-01-01 to 2026-12-31", "rollupCents previous year 2025-01-01 to 2025-12-31"];
    const rows = cells(text, "kind", "section", "key", "code", ...columns, ...rollups);
    expect(rows).toContain("account income  4000 0 500 0 500");
    expect(rows).toContain("sectionTotal expenses   30 0 30 0");
    expect(rows).toContain("total  netIncome  -30 500 -30 500");
    const months = await file(books, "profit-and-loss", "startDate=2026-01-01&endDate=2026-02-28&columns=month");
    expect(rowsOf(months.text)[0]).toEqual(expect.arrayContaining(["amountsCents total 2026-01-01 to 2026-02-28"]));
  });

  test("of the balance sheet has a column for each day", async () => {
    const books = await booksOfTwoYears();
    const { text, headers } = await file(books, "balance-sheet", "asOf=2026-06-30&compare=previousYear");
    expect(headers.get("content-disposition")).toBe('attachment; filename="balance-sheet-2026-06-30.csv"');
    const rows = cells(text, "kind", "key", "code", "amountsCents 2026-06-30", "amountsCents previous year 2025-06-30");
    expect(rows).toContain("account  1000 10470 10000");
    expect(rows).toContain("computed retainedEarningsPrior  500 0");
    expect(rows).toContain("computed netIncome  -30 0");
    expect(rows).toContain("total difference  0 0");
  });

  test("of the general ledger has every line between its account's opening and closing", async () => {
    const books = await booksOfTwoYears();
    const { text, headers } = await file(books, "general-ledger", "startDate=2026-01-01&endDate=2026-06-30");
    expect(headers.get("content-disposition")).toBe('attachment; filename="general-ledger-2026-01-01-to-2026-06-30.csv"');
    expect(cells(text, "kind", "code", "name", "date", "debitCents", "creditCents", "balanceCents", "voided")).toEqual([
      "opening 1000 cash    10500 ",
      "line 1000 cash 2026-01-31 0 30 10470 false",
      "closing 1000 cash  0 30 10470 ",
      "opening 3000 equity    10000 ",
      "closing 3000 equity  0 0 10000 ",
      "opening 6000 rent    0 ",
      "line 6000 rent 2026-01-31 30 0 30 false",
      "closing 6000 rent  30 0 30 ",
      "opening  Prior years' earnings    500 ",
      "closing  Prior years' earnings  0 0 500 ",
    ]);
  });

  test("of a general ledger of more lines than are read at once is whole", async () => {
    const books = await newBooks();
    const entries = Array.from({ length: 1_300 }, (_, i) => entryOf("cash", "sales", i + 1, { date: i % 2 ? "2026-01-01" : "2026-01-02" }));
    const posted = await books.api.post("/journal-entries/batch", { entityId: books.entityId, mode: "atomic", entries }, freshKey());
    expect(posted.status).toBe(201);
    const { text } = await file(books, "general-ledger", "startDate=2026-01-01&endDate=2026-01-31");
    const rows = cells(text, "kind", "code", "debitCents", "creditCents", "balanceCents");
    expect(rows.filter((row) => row.startsWith("line"))).toHaveLength(2_600);
    expect(rows.filter((row) => !row.startsWith("line"))).toEqual([
      "opening 1000   0",
      "closing 1000 845650 0 845650",
      "opening 4000   0",
      "closing 4000 0 845650 845650",
    ]);
    let balance = 0;
    for (const row of rows.filter((row) => row.startsWith("line 1000"))) {
      const [, , debit, , after] = row.split(" ").map(Number);
      balance += debit ?? 0;
      expect(after).toBe(balance);
    }
  });

  test("of a general ledger with more lines than a file holds is refused, whole", async () => {
    const books = await newBooks();
    const lines = (side: string, code: string) => Array.from({ length: 100 }, () => ({ accountCode: code, side, amount: 1 }));
    const entry = { date: "2026-01-01", lines: [...lines("debit", codes.cash), ...lines("credit", codes.sales)] };
    const entries = Array.from({ length: 100 }, () => entry);
    const posted = await books.api.post("/journal-entries/batch", { entityId: books.entityId, mode: "atomic", entries }, freshKey());
    expect(posted.status).toBe(201);
    const query = "format=csv&startDate=2026-01-01&endDate=2026-01-31";
    const whole = await books.api.get(`/companies/${books.entityId}/reports/general-ledger?${query}`);
    expect(whole.text.split("\r\n")).toHaveLength(20_000 + 1 + 4 + 1);
    await post(books, entryOf("cash", "sales", 1, { date: "2026-01-01" }));
    const refused = await books.api.get(`/companies/${books.entityId}/reports/general-ledger?${query}`);
    expect(refused).toMatchObject({ status: 422, body: { error: { code: "REPORT_TOO_LARGE" } } });
    const one = await books.api.get(`/companies/${books.entityId}/reports/general-ledger?${query}&accountId=${books.accounts.cash}`);
    expect(one.status).toBe(200);
  });

  test("keeps figures beyond 2^53 as they are, and takes no text of a client for a formula", async () => {
    const books = await newBooks();
    const most = 9_007_199_254_740_991;
    const description = '=HYPERLINK("https://evil.example","3,50")';
    await post(books, { ...entryOf("cash", "equity", most), description });
    await post(books, entryOf("equity", "cash", most));
    await post(books, { ...entryOf("cash", "equity", most), description: "-2+3\nsecond line" });
    const { text } = await file(books, "general-ledger", "startDate=2026-01-01&endDate=2026-12-31");
    expect(text).toContain(`"'=HYPERLINK(""https://evil.example"",""3,50"")"`);
    expect(text).toContain(`"'-2+3\nsecond line"`);
    expect(text).toContain(",18014398509481982,9007199254740991,9007199254740991\r\n");
    const refused = await books.api.get(`/companies/${books.entityId}/reports/trial-balance?format=csv&asOf=tomorrow`);
    expect(refused.headers.get("content-type")).toContain("application/json");
    expect(refused.status).toBe(400);
  });
});
