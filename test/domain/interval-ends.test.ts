import { expect, test } from "vitest";
import { type Interval, intervalEnds } from "../../src/features/balances/domain/interval-ends.ts";
import { dateOfDay, parseDay } from "../../src/kernel/calendar-date.ts";

function ends(from: string, to: string, interval: Interval, max = 100): string[] | undefined {
  return intervalEnds(parseDay(from) ?? Number.NaN, parseDay(to) ?? Number.NaN, interval, max)?.map(dateOfDay);
}

// 2026-06-08 is a Monday.
test.each([
  ["2026-06-08", "2026-06-10", "day", ["2026-06-08", "2026-06-09", "2026-06-10"]],
  ["2026-06-08", "2026-06-21", "week", ["2026-06-14", "2026-06-21"]],
  ["2026-06-14", "2026-06-17", "week", ["2026-06-14", "2026-06-17"]],
  ["2024-01-15", "2024-03-10", "month", ["2024-01-31", "2024-02-29", "2024-03-10"]],
  ["2025-12-31", "2026-01-01", "month", ["2025-12-31", "2026-01-01"]],
  ["1969-12-29", "1970-01-05", "week", ["1970-01-04", "1970-01-05"]],
  ["2026-06-08", "2026-06-08", "month", ["2026-06-08"]],
] as const)("from %s to %s by %s the ends are %j", (from, to, interval, expected) => {
  expect(ends(from, to, interval)).toEqual(expected);
});

test("more points than the bound are refused, and exactly as many are not", () => {
  expect(ends("2026-01-01", "2026-01-11", "day", 10)).toBeUndefined();
  expect(ends("2026-01-01", "2026-01-10", "day", 10)).toHaveLength(10);
});
