import { type DayNumber, firstDayOfMonth, monthOfDay } from "../../../kernel/calendar-date.ts";

export const intervals = ["day", "week", "month"] as const;
export type Interval = (typeof intervals)[number];

/** 1970-01-01 was a Thursday: the ISO week of day 0 ends with day 3. */
const firstSunday = 3;

/** The day on which the interval of `day` ends: the day itself, its ISO week's Sunday, or its month's last day. */
function endOf(day: DayNumber, interval: Interval): DayNumber {
  switch (interval) {
    case "day":
      return day;
    case "week":
      return day + ((((firstSunday - day) % 7) + 7) % 7);
    case "month":
      return firstDayOfMonth(monthOfDay(day) + 1) - 1;
  }
}

/**
 * The ends of the intervals from `startDay` to `endDay`, both inside. The last one ends with the range, even within its week or month.
 * Undefined when there are more than `max`: nothing is cut off silently.
 */
export function intervalEnds(startDay: DayNumber, endDay: DayNumber, interval: Interval, max: number): DayNumber[] | undefined {
  const ends: DayNumber[] = [];
  for (let day = startDay; day <= endDay; ) {
    if (ends.length === max) return undefined;
    const end = Math.min(endOf(day, interval), endDay);
    ends.push(end);
    day = end + 1;
  }
  return ends;
}
