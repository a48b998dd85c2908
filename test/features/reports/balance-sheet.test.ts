import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Books, booksOf, codes, entryOf, freshKey, newBooks, post } from "../../support/books.ts";
import { seeded } from "../../support/seed.ts";
import { newSite } from "../../support/site.ts";

async function statement(books: Books, report: string, query: string) {
  const answer = await books.api.get(`/companies/${books.entityId}/reports/${report}?${query}`);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body.checks.every((check: { ok: boolean }) => check.ok)).toBe(true);
  return answer.body;
}

describe("the balance sheet", () => {
  test("on a day, on the ends of months and beside the year before, with the ledger's own year", async () => {
    const books = await newBooks({ fiscalYearStart: "04-01" });
    await post(books, entryOf("cash", "equity", 10_000, { date: "2024-04-01" }));
    await post(books, entryOf("cash", "sales", 500, { date: "2025-03-31" }));
    await post(books, entryOf("rent", "cash", 200, { date: "2025-04-01" }));
    const mark = await post(books, entryOf("receivable", "sales", 70, { date: "2025-05-31" }));
    const day = await statement(books, "balance-sheet", "asOf=2025-05-31");
    expect(day).toMatchObject({
      report: "balance-sheet",
      companyId: books.entityId,
      asOf: "2025-05-31",
      fiscalYearStart: "2025-04-01",
      columns: [{ key: "c0", kind: "asOf", asOf: "2025-05-31" }],
      totals: { totalAssets: [10_370], totalLiabilities: [0], retainedEarningsTotal: [500], totalEquity: [10_370], difference: [0] },
    });
    const equity = day.sections.at(-1);
    expect(equity.rows).toMatchObject([
      { code: codes.equity, amountsCents: [10_000] },
      { kind: "computed", key: "retainedEarningsPrior", amountsCents: [500] },
      { kind: "computed", key: "netIncome", amountsCents: [-130] },
    ]);
    const months = await statement(books, "balance-sheet", "startDate=2025-03-01&asOf=2025-05-15&columns=month");
    expect(months.columns.map(({ asOf }: { asOf: string }) => asOf)).toEqual(["2025-03-31", "2025-04-30", "2025-05-15"]);
    expect(months.totals.totalAssets).toEqual([10_500, 10_300, 10_300]);
    expect(months.sections.at(-1).rows.slice(1)).toMatchObject([
      { key: "retainedEarningsPrior", amountsCents: [0, 500, 500] },
      { key: "netIncome", amountsCents: [500, -200, -200] },
    ]);
    const beside = await statement(books, "balance-sheet", "asOf=2025-02-28&compare=previousYear");
    expect(beside.columns[1]).toEqual({ key: "c1", kind: "previousYear", asOf: "2024-02-29" });
    expect(beside.totals.totalAssets).toEqual([10_000, 0]);
    const lastYearEnd = await statement(books, "balance-sheet", "asOf=2025-05-31&compare=previousPeriod");
    expect(lastYearEnd.columns[1]).toEqual({ key: "c1", kind: "previousPeriod", asOf: "2025-03-31" });
    expect(lastYearEnd.totals.totalAssets).toEqual([10_370, 10_500]);
    expect(lastYearEnd.sections.at(-1).rows.at(-1)).toMatchObject({ key: "netIncome", amountsCents: [-130, 500] });
    const monthBefore = await statement(books, "balance-sheet", "asOf=2025-05-31&startDate=2025-05-01&compare=previousPeriod");
    expect(monthBefore.totals.totalAssets).toEqual([10_370, 10_300]);
    const bothYears = await statement(books, "balance-sheet", "asOf=2025-04-30&columns=month&startDate=2025-02-01&compare=previousYear");
    expect(bothYears.columns.map(({ kind, asOf }: { kind: string; asOf: string }) => `${kind} ${asOf}`)).toEqual([
      "asOf 2025-02-28",
      "asOf 2025-03-31",
      "asOf 2025-04-30",
      "previousYear 2024-02-29",
      "previousYear 2024-03-31",
      "previousYear 2024-04-30",
    ]);
    expect(bothYears.totals.totalAssets).toEqual([10_000, 10_500, 10_300, 0, 0, 10_000]);

    await post(books, entryOf("rent", "cash", 9, { date: "2025-04-02" }));
    const then = await statement(books, "balance-sheet", `asOf=2025-05-31&knownAt=${mark.sequence}`);
    expect(then.totals).toEqual(day.totals);
  });

  test("ties to the trial balance and to profit and loss, whatever is posted and on whatever day", async () => {
    const { api } = await newSite();
    const dates = ["2023-06-30", "2023-07-01", "2024-02-29", "2024-06-30", "2024-07-01", "2025-01-15", "2025-06-30", "2025-07-01"];
    const name = fc.constantFrom("cash" as const, "receivable" as const, "equity" as const, "sales" as const, "rent" as const);
    const entry = fc
      .tuple(name, name, fc.integer({ min: 1, max: 9_999 }), fc.constantFrom(...dates))
      .filter(([debit, credit]) => debit !== credit);
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 25 }), fc.constantFrom(...dates), async (drawn, asOf) => {
        const books = await booksOf(api, { fiscalYearStart: "07-01" });
        const entries = drawn.map(([debit, credit, amount, date]) => entryOf(debit, credit, amount, { date }));
        const posted = await books.api.post("/journal-entries/batch", { entityId: books.entityId, mode: "atomic", entries }, freshKey());
        expect(posted.status).toBe(201);
        const sheet = await statement(books, "balance-sheet", `asOf=${asOf}`);
        const trial = await statement(books, "trial-balance", `asOf=${asOf}`);
        const earned = await statement(books, "profit-and-loss", `endDate=${asOf}`);
        const computed = (key: string) => sheet.sections.at(-1).rows.find((row: { key?: string }) => row.key === key)?.amountsCents[0] ?? 0;
        expect(sheet.totals.difference).toEqual([0]);
        expect(computed("netIncome")).toBe(earned.totals.netIncome[0]);
        expect(computed("retainedEarningsPrior")).toBe(trial.totals.priorYearsEarnings);
        const closing = new Map<string, number>();
        for (const { key, rows } of trial.sections)
          for (const row of rows)
            closing.set(
              row.accountId,
              (row.closingDebitCents - row.closingCreditCents) * (key === "assets" || key === "expenses" ? 1 : -1),
            );
        for (const { rows } of sheet.sections)
          for (const row of rows) if (row.kind === "account") expect(row.amountsCents[0]).toBe(closing.get(row.accountId));
      }),
      seeded(15),
    );
  });

  test.each([
    ["startDate=2026-01-01", "startDate"],
    ["columns=month&compare=previousPeriod", "compare"],
    ["asOf=2024-12-31&startDate=2022-01-01&columns=month&compare=previousYear", "columns"],
    ["asOf=2026-01-01&startDate=2026-02-01&compare=previousPeriod", "startDate"],
    ["asOf=1900-06-01&compare=previousPeriod", "compare"],
    ["asOf=2026-01-01&startDate=2026-02-01&columns=month", "startDate"],
    ["asOf=2026-01-01&startDate=2020-01-01&columns=month", "columns"],
    ["asOf=1900-01-31&compare=previousYear", "compare"],
    ["endDate=2026-01-01", "endDate"],
  ])("that cannot be (%s) is refused by name", async (query, pointer) => {
    const books = await newBooks();
    const answer = await books.api.get(`/companies/${books.entityId}/reports/balance-sheet?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR", details: [{ pointer }] } } });
  });
});
