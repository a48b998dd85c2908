import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dateOfDay,
  daysInMonth,
  firstDayOfMonth,
  fiscalYearStartOf,
  isCalendarDate,
  monthOfDay,
  parseDay,
} from "../../src/kernel/calendar-date.ts";
import { seeded } from "../support/seed.ts";

describe("a civil date", () => {
  test.each([
    ["1970-01-01", 0],
    ["1969-12-31", -1],
    ["1900-01-01", -25_567],
    ["1900-03-01", -25_508],
    ["2000-02-29", 11_016],
    ["2024-02-29", 19_782],
    ["9999-12-31", 2_932_896],
  ])("%s is day %i", (date, day) => {
    expect(parseDay(date)).toBe(day);
    expect(dateOfDay(day)).toBe(date);
  });

  test.each([
    "2025-02-29",
    "1900-02-29",
    "2100-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-01-32",
    "1899-12-31",
    "0000-01-01",
    "10000-01-01",
    "2026-1-1",
    "2026/01/01",
    "2026-01-01T00:00:00Z",
    " 2026-01-01",
    "2026-01-01\n",
    "２０２６-01-01",
    "",
    "today",
  ])("%j is none", (text) => {
    expect(isCalendarDate(text)).toBe(false);
    // Asked again, from the cache.
    expect(parseDay(text)).toBeUndefined();
  });

  test("and its day number tell each other, from 1900 to 9999, and days follow one another as dates do", () => {
    fc.assert(
      fc.property(fc.integer({ min: -25_567, max: 2_932_895 }), (day) => {
        expect(parseDay(dateOfDay(day))).toBe(day);
        expect(dateOfDay(day) < dateOfDay(day + 1)).toBe(true);
      }),
      seeded(2_000),
    );
  });

  test("falls in the month whose first day is not after it, and the next month's is", () => {
    fc.assert(
      fc.property(fc.integer({ min: -25_567, max: 2_932_800 }), (day) => {
        const month = monthOfDay(day);
        expect(firstDayOfMonth(month)).toBeLessThanOrEqual(day);
        expect(firstDayOfMonth(month + 1)).toBeGreaterThan(day);
        const [year, of] = dateOfDay(day).split("-").map(Number);
        expect(firstDayOfMonth(month + 1) - firstDayOfMonth(month)).toBe(daysInMonth(year ?? 0, of ?? 0));
      }),
      seeded(1_000),
    );
  });

  test.each([
    ["2026-06-08", "01-01", "2026-01-01"],
    ["2026-06-08", "07-01", "2025-07-01"],
    ["2026-07-01", "07-01", "2026-07-01"],
    ["2026-06-30", "07-01", "2025-07-01"],
    ["2024-02-29", "03-01", "2023-03-01"],
    ["2026-01-01", "12-31", "2025-12-31"],
    ["1900-02-01", "04-01", "1900-01-01"],
  ])("%s in a fiscal year from %s: it began on %s", (date, start, began) => {
    expect(dateOfDay(fiscalYearStartOf(parseDay(date) ?? 0, start))).toBe(began);
  });
});
