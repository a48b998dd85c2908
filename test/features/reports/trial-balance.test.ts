import { describe, expect, test } from "vitest";
import { type Books, entryOf, newBooks, post } from "../../support/books.ts";
import { newSite } from "../../support/site.ts";

type Row = {
  code: string | null;
  key?: string;
  openingCents: number;
  debitCents: number;
  creditCents: number;
  closingDebitCents: number;
  closingCreditCents: number;
};

async function report(books: Books, query = "") {
  const answer = await books.api.get(`/companies/${books.entityId}/reports/trial-balance?${query}`);
  expect(answer.status).toBe(200);
  const rows: Row[] = answer.body.sections.flatMap((section: { rows: Row[] }) => section.rows);
  return {
    ...answer,
    rows: rows.map((row) =>
      [row.code ?? row.key, row.openingCents, row.debitCents, row.creditCents, row.closingDebitCents, row.closingCreditCents].join(" "),
    ),
  };
}

describe("the trial balance", () => {
  test("of a company in its second fiscal year resets revenue and expense at the year's start, by the entity's own year", async () => {
    const books = await newBooks({ fiscalYearStart: "04-01" });
    await post(books, entryOf("cash", "equity", 10_000, { date: "2024-04-01" }));
    await post(books, entryOf("cash", "sales", 500, { date: "2025-03-31" }));
    await post(books, entryOf("rent", "cash", 200, { date: "2025-03-31" }));
    const mark = await post(books, entryOf("cash", "sales", 50, { date: "2025-04-01" }));
    await post(books, entryOf("rent", "cash", 30, { date: "2025-06-30" }));
    await post(books, entryOf("cash", "sales", 7, { date: "2025-07-01" }));

    const june = await report(books, "asOf=2025-06-30");
    expect(june.rows).toEqual([
      "1000 10300 50 30 10320 0",
      "3000 10000 0 0 0 10000",
      "priorYearsEarnings 300 0 0 0 300",
      "4000 0 0 50 0 50",
      "6000 0 30 0 30 0",
    ]);
    expect(june.body).toMatchObject({
      report: "trial-balance",
      companyId: books.entityId,
      ledgerId: books.ledgerId,
      currency: "USD",
      asOf: "2025-06-30",
      fiscalYearStart: "2025-04-01",
      period: { startDate: "2025-04-01", endDate: "2025-06-30" },
      truncated: false,
      totals: {
        closingDebitCents: 10_350,
        closingCreditCents: 10_350,
        debitCents: 80,
        creditCents: 80,
        priorYearsEarnings: 300,
        difference: 0,
      },
    });
    expect(june.body.checks.every((check: { ok: boolean }) => check.ok)).toBe(true);
    expect(june.body.columns.map((column: { key: string }) => column.key)).toEqual([
      "openingCents",
      "debitCents",
      "creditCents",
      "closingDebitCents",
      "closingCreditCents",
    ]);

    expect((await report(books, "asOf=2025-03-31")).rows).toEqual([
      "1000 0 10500 200 10300 0",
      "3000 0 0 10000 0 10000",
      "4000 0 0 500 0 500",
      "6000 0 200 0 200 0",
    ]);
    expect((await report(books, "asOf=2025-06-30&pnl=inception")).rows).toEqual([
      "1000 10300 50 30 10320 0",
      "3000 10000 0 0 0 10000",
      "4000 500 0 50 0 550",
      "6000 200 30 0 230 0",
    ]);
    const then = await report(books, `asOf=2025-06-30&knownAt=${mark.sequence}`);
    expect(then.rows).toEqual([
      "1000 10300 50 0 10350 0",
      "3000 10000 0 0 0 10000",
      "priorYearsEarnings 300 0 0 0 300",
      "4000 0 0 50 0 50",
    ]);
    expect(then.body.ledgerSequence).toBe(mark.sequence);
  });

  test("leaves out accounts without figures unless includeZero asks for them", async () => {
    const books = await newBooks();
    expect((await report(books)).rows).toEqual([]);
    await post(books, entryOf("cash", "sales", 5, { date: "2026-01-01" }));
    expect((await report(books, "asOf=2026-06-30")).rows).toEqual(["1000 0 5 0 5 0", "4000 0 0 5 0 5"]);
    expect((await report(books, "asOf=2026-06-30&includeZero=true")).rows).toHaveLength(6);
  });

  test("is as of today by default", async () => {
    const books = await newBooks();
    await post(books, entryOf("cash", "sales", 5, { date: "2999-01-01" }));
    const now = await report(books);
    expect(now.rows).toEqual([]);
    expect(now.body.asOf).toBe(now.body.generatedAt.slice(0, 10));
  });

  test("tells figures beyond 2^53 exactly", async () => {
    const books = await newBooks();
    const most = 9007199254740991;
    await post(books, entryOf("cash", "equity", most));
    await post(books, entryOf("equity", "cash", most));
    await post(books, entryOf("cash", "equity", most));
    const { text } = await report(books, "asOf=2026-12-31");
    expect(text).toContain('"debitCents":18014398509481982,"creditCents":9007199254740991,"closingDebitCents":9007199254740991');
    expect(text).toContain('"debitCents":27021597764222973,"creditCents":27021597764222973');
  });

  test.each(["asOf=2026-02-30", "pnl=cash", "includeZero=yes", "knownAt=-1", "startDate=2026-01-01"])("?%s is refused", async (query) => {
    const books = await newBooks();
    expect(await books.api.get(`/companies/${books.entityId}/reports/trial-balance?${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: "VALIDATION_ERROR" } },
    });
  });

  test("of another site's entity or ledger is unknown", async () => {
    const books = await newBooks();
    const stranger = await newBooks();
    expect(await stranger.api.get(`/companies/${books.entityId}/reports/trial-balance`)).toMatchObject({
      status: 404,
      body: { error: { code: "NOT_FOUND" } },
    });
    expect(await stranger.api.get(`/reports/trial-balance?ledgerId=${books.ledgerId}`)).toMatchObject({
      status: 422,
      body: { error: { code: "REFERENCE_NOT_FOUND" } },
    });
  });
});

test("a fiscal year that began before the calendar does is none too many for a trial balance", async () => {
  const { api } = await newSite();
  const entity = await api.post("/entities", { name: "Old Ltd", functionalCurrency: "USD", fiscalYearStart: "07-01" });
  const report = await api.get(`/companies/${entity.body.id}/reports/trial-balance?asOf=1900-01-01`);
  expect([report.status, report.body.fiscalYearStart]).toEqual([200, "1900-01-01"]);
});
