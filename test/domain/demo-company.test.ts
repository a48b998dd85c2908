import { describe, expect, test } from "vitest";
import { usSmallBusiness } from "../../src/features/accounts/domain/charts/us-small-business.ts";
import { type DemoEntry, demoYear } from "../../src/features/sandbox/domain/demo-company.ts";
import { type CalendarDate, isCalendarDate } from "../../src/kernel/calendar-date.ts";

const codes = new Set(usSmallBusiness.map((account) => account.code));
const signed = (line: DemoEntry["lines"][number]) => (line.side === "debit" ? line.amount : -line.amount);

describe.each(["2026-11-21", "2024-02-29", "2025-03-01"] as CalendarDate[])("the demo company's year up to %s", (endDate) => {
  const year = demoYear(endDate);

  test("has about 1,500 entries, in date order, within twelve months", () => {
    expect(year.length).toBeGreaterThan(1_400);
    expect(year.length).toBeLessThan(1_600);
    const dates = year.map((entry) => entry.date);
    expect(dates).toEqual([...dates].sort());
    expect(dates.every(isCalendarDate)).toBe(true);
    expect(dates.at(-1)).toBe(endDate);
    expect(Number(dates[0]?.slice(0, 4))).toBe(Number(endDate.slice(0, 4)) - 1);
  });

  test("balances in every entry, in positive whole cents, on accounts of the chart", () => {
    for (const { lines } of year) {
      expect(lines.length).toBeGreaterThanOrEqual(2);
      expect(lines.reduce((sum, line) => sum + signed(line), 0)).toBe(0);
      expect(lines.every((line) => Number.isSafeInteger(line.amount) && line.amount > 0 && codes.has(line.accountCode))).toBe(true);
    }
  });

  test("never overdraws the bank or the stock, and ends with a profit", () => {
    const balances = new Map<string, number>();
    let profit = 0;
    for (const line of year.flatMap((entry) => entry.lines)) {
      balances.set(line.accountCode, (balances.get(line.accountCode) ?? 0) + signed(line));
      if (line.accountCode >= "4") profit -= signed(line);
      // Bank, savings and inventory; within an entry too.
      for (const code of ["1010", "1020", "1220"]) expect(balances.get(code) ?? 0).toBeGreaterThanOrEqual(0);
    }
    expect(profit).toBeGreaterThan(0);
  });

  test("gives each entry an external id of its own, and is the same each time", () => {
    expect(new Set(year.map((entry) => entry.externalId)).size).toBe(year.length);
    expect(demoYear(endDate)).toEqual(year);
  });
});
