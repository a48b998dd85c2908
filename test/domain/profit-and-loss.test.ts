import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountRows } from "../../src/features/reports/domain/account-rows.ts";
import { type AccountFlow, profitAndLoss } from "../../src/features/reports/domain/profit-and-loss.ts";
import {
  type ColumnsOf,
  type ComparedWith,
  columnsOfYearBefore,
  comparedColumn,
  periodColumns,
} from "../../src/features/reports/domain/report-columns.ts";
import { type AccountType, accountTypeNames } from "../../src/kernel/account-type.ts";
import { dateOfDay, dayNumber, fiscalYearStartOf, parseDay } from "../../src/kernel/calendar-date.ts";
import { seeded } from "../support/seed.ts";

const day = (date: string) => parseDay(date) ?? Number.NaN;
const range = (startDate: string, endDate: string) => ({ startDay: day(startDate), endDay: day(endDate) });

/** `code type [parent's code] debits/credits …`, one account per line, one pair a column. */
function books(table: string): AccountFlow[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [code = "", type = "", ...rest] = line.trim().split(/\s+/);
      const parentId = rest[0]?.includes("/") ? null : (rest.shift() ?? null);
      const pairs = rest.map((pair) => pair.split("/").map(BigInt));
      return {
        accountId: code,
        code,
        name: code,
        type: type as AccountType,
        parentId,
        debits: pairs.map(([debits = 0n]) => debits),
        credits: pairs.map(([, credits = 0n]) => credits),
      };
    });
}

const shop = books(`
  1000 bank               900/0    70/0
  4000 income             0/1000   0/80
  4090 income             50/0     0/0
  5000 cost_of_goods_sold 300/0    20/0
  6000 expense            0/0      0/0
  6100 expense 6000       120/20   5/0
  6110 expense 6100       30/0     0/0
  6900 expense            0/0      0/0
  7000 other_income       0/40     0/1
  8000 other_expense      15/0     9/0
`);

describe("profit and loss", () => {
  test("is a ladder from income to net income, in every column", () => {
    const { sections, totals, checks } = profitAndLoss(shop, { columns: 2, includeZero: false });
    expect(sections.map(({ key, totalCents }) => [key, ...totalCents.map(Number)].join(" "))).toEqual([
      "income 950 80",
      "costOfGoodsSold 300 20",
      "expenses 130 5",
      "otherIncome 40 1",
      "otherExpenses 15 9",
    ]);
    expect(Object.entries(totals).map(([name, amounts]) => [name, ...amounts.map(Number)].join(" "))).toEqual([
      "totalIncome 950 80",
      "totalCostOfGoodsSold 300 20",
      "grossProfit 650 60",
      "totalExpenses 130 5",
      "netOperatingIncome 520 55",
      "totalOtherIncome 40 1",
      "totalOtherExpenses 15 9",
      "netOtherIncome 25 -8",
      "netIncome 545 47",
    ]);
    expect(checks.every(({ ok }) => ok)).toBe(true);
  });

  test("shows each account alone and with those under it, contra negative, and leaves out what has no figures", () => {
    const rowsOf = (includeZero: boolean) =>
      profitAndLoss(shop, { columns: 2, includeZero }).sections.flatMap(({ rows }) =>
        rows.map((row) => [row.code, row.depth, row.amountsCents.join("|"), row.rollupCents.join("|")].join(" ")),
      );
    expect(rowsOf(false)).toEqual([
      "4000 0 1000|80 1000|80",
      "4090 0 -50|0 -50|0",
      "5000 0 300|20 300|20",
      "6000 0 0|0 130|5",
      "6100 1 100|5 130|5",
      "6110 2 30|0 30|0",
      "7000 0 40|1 40|1",
      "8000 0 15|9 15|9",
    ]);
    expect(rowsOf(true)).toContain("6900 0 0|0 0|0");
  });

  test("of any books ties to what was posted, exactly", () => {
    const amount = fc.bigInt({ min: 0n, max: 2n ** 60n });
    const account = fc.record({
      type: fc.constantFrom(...accountTypeNames),
      debits: fc.tuple(amount, amount),
      credits: fc.tuple(amount, amount),
    });
    fc.assert(
      fc.property(fc.array(account, { maxLength: 30 }), fc.infiniteStream(fc.nat()), fc.boolean(), (drawn, parents, includeZero) => {
        const accounts = drawn.map((one, i): AccountFlow => {
          // Under an earlier account of its type, or under none.
          const above = drawn.flatMap(({ type }, at) => (type === one.type && at < i ? [String(at)] : []));
          const parentId = above[(parents.next().value ?? 0) % (above.length + 1)] ?? null;
          return { ...one, accountId: String(i), code: String(i), name: String(i), parentId };
        });
        const { sections, totals, checks } = profitAndLoss(accounts, { columns: 2, includeZero });
        const temporary = accounts.filter(({ type }) => /income|expense|cost/.test(type));
        for (const at of [0, 1] as const) {
          const earned = temporary.reduce((sum, { debits, credits }) => sum + (credits[at] ?? 0n) - (debits[at] ?? 0n), 0n);
          expect(totals.netIncome[at]).toBe(earned);
        }
        expect(checks.every(({ ok }) => ok)).toBe(true);
        const shown = sections.flatMap(({ rows }) => rows);
        expect(new Set(shown.map((row) => row.code)).size).toBe(shown.length);
        if (includeZero) expect(shown).toHaveLength(temporary.length);
      }),
      seeded(200),
    );
  });

  test("an account whose parent is not among those given stands at the top", () => {
    expect(accountRows([{ accountId: "a", code: "1", name: "A", parentId: "gone", amounts: [1n] }], false)).toMatchObject([{ depth: 0 }]);
  });
});

describe("columns of a report", () => {
  const columns = (startDate: string, endDate: string, of: ColumnsOf, fiscalYear = "01-01", max = 60) =>
    periodColumns(range(startDate, endDate), of, fiscalYearStartOf(day(endDate), fiscalYear), max)?.map(
      ({ key, kind, ...of }) => `${key} ${kind} ${of.startDate} ${of.endDate}`,
    );

  test("are the whole period, or its months, quarters and years, cut to it, and their total", () => {
    expect(columns("2026-01-10", "2026-06-30", "total")).toEqual(["c0 period 2026-01-10 2026-06-30"]);
    expect(columns("2026-01-10", "2026-03-05", "month")).toEqual([
      "c0 period 2026-01-10 2026-01-31",
      "c1 period 2026-02-01 2026-02-28",
      "c2 period 2026-03-01 2026-03-05",
      "total total 2026-01-10 2026-03-05",
    ]);
    expect(columns("2025-05-01", "2025-12-31", "quarter", "04-01")).toEqual([
      "c0 period 2025-05-01 2025-06-30",
      "c1 period 2025-07-01 2025-09-30",
      "c2 period 2025-10-01 2025-12-31",
      "total total 2025-05-01 2025-12-31",
    ]);
    expect(columns("2023-06-01", "2026-04-05", "year", "04-06")).toEqual([
      "c0 period 2023-06-01 2024-04-05",
      "c1 period 2024-04-06 2025-04-05",
      "c2 period 2025-04-06 2026-04-05",
      "total total 2023-06-01 2026-04-05",
    ]);
    expect(columns("2026-01-01", "2026-01-01", "month")).toEqual(["c0 period 2026-01-01 2026-01-01", "total total 2026-01-01 2026-01-01"]);
  });

  test.each([
    ["01-31", "2025-01-31", "2026-01-30", ["2025-01-31", "2025-04-30", "2025-07-31", "2025-10-31"]],
    ["08-30", "2025-08-30", "2026-08-29", ["2025-08-30", "2025-11-30", "2026-02-28", "2026-05-30"]],
    ["05-31", "2023-05-31", "2024-05-30", ["2023-05-31", "2023-08-31", "2023-11-30", "2024-02-29"]],
    ["11-29", "2023-11-29", "2024-11-28", ["2023-11-29", "2024-02-29", "2024-05-29", "2024-08-29"]],
  ])("quarters of a year from %s begin with a short month's last day", (fiscalYear, startDate, endDate, starts) => {
    const periods = columns(startDate, endDate, "quarter", fiscalYear)?.slice(0, -1);
    expect(periods?.map((column) => column.split(" ")[2])).toEqual(starts);
  });

  test("are refused where there are too many", () => {
    expect(columns("2020-01-01", "2024-12-31", "month")).toHaveLength(61);
    expect(columns("2020-01-01", "2025-01-01", "month")).toBeUndefined();
  });

  test("cover the period once, without a gap", () => {
    const anyDay = fc.integer({ min: dayNumber(1950, 1, 1), max: dayNumber(2050, 1, 1) });
    const anyYear = fc.constantFrom("01-01", "01-31", "02-28", "04-06", "05-30", "07-01", "11-29", "12-31");
    fc.assert(
      fc.property(
        anyDay,
        fc.nat(900),
        fc.constantFrom("month" as const, "quarter" as const, "year" as const),
        anyYear,
        (startDay, days, of, year) => {
          const endDay = startDay + days;
          const found = periodColumns({ startDay, endDay }, of, fiscalYearStartOf(endDay, year), 60) ?? [];
          let next = startDay;
          for (const column of found.slice(0, -1)) {
            expect(column.startDate).toBe(dateOfDay(next));
            expect(day(column.endDate)).toBeGreaterThanOrEqual(next);
            next = day(column.endDate) + 1;
          }
          expect(next).toBe(endDay + 1);
          const beside = columnsOfYearBefore(found);
          expect(beside).toHaveLength(found.length);
          for (const [at, column] of beside.slice(0, -1).entries()) {
            if (at > 0) expect(day(column.startDate)).toBe(day(beside[at - 1]?.endDate ?? "") + 1);
            expect(found[at]?.endDate.slice(5).replace("02-29", "02-28")).toBe(column.endDate.slice(5).replace("02-29", "02-28"));
          }
        },
      ),
      seeded(300),
    );
  });

  test("beside those of the year before keep whole months whole, and count no day twice around 29 February", () => {
    const beside = (startDate: string, endDate: string, of: ColumnsOf, fiscalYear = "01-01") =>
      columnsOfYearBefore(periodColumns(range(startDate, endDate), of, fiscalYearStartOf(day(endDate), fiscalYear), 60) ?? []).map(
        ({ key, kind, startDate, endDate }) => `${key} ${kind} ${startDate} ${endDate}`,
      );
    expect(beside("2025-01-15", "2025-03-10", "month")).toEqual([
      "c3 previousYear 2024-01-15 2024-01-31",
      "c4 previousYear 2024-02-01 2024-02-29",
      "c5 previousYear 2024-03-01 2024-03-10",
      "previousYearTotal total 2024-01-15 2024-03-10",
    ]);
    expect(beside("2023-11-30", "2024-05-30", "quarter", "05-31")).toEqual([
      "c2 previousYear 2022-11-30 2023-02-28",
      "c3 previousYear 2023-03-01 2023-05-30",
      "previousYearTotal total 2022-11-30 2023-05-30",
    ]);
  });

  test.each<[string, string, ComparedWith, string]>([
    ["2026-01-01", "2026-03-31", "previousPeriod", "2025-10-01 2025-12-31"],
    ["2026-02-01", "2026-02-28", "previousPeriod", "2026-01-01 2026-01-31"],
    ["2026-03-01", "2026-03-10", "previousPeriod", "2026-02-19 2026-02-28"],
    ["2026-01-01", "2026-06-30", "previousYear", "2025-01-01 2025-06-30"],
    ["2024-02-29", "2024-03-10", "previousYear", "2023-02-28 2023-03-10"],
    ["2025-02-01", "2025-02-28", "previousYear", "2024-02-01 2024-02-29"],
    ["2024-02-01", "2024-02-29", "previousYear", "2023-02-01 2023-02-28"],
    ["2024-01-15", "2024-02-29", "previousYear", "2023-01-15 2023-02-28"],
  ])("%s to %s beside its %s is %s", (startDate, endDate, compare, expected) => {
    const column = comparedColumn(range(startDate, endDate), compare);
    expect(`${column.startDate} ${column.endDate}`).toBe(expected);
    expect(column).toMatchObject({ key: "c1", kind: compare });
  });
});
