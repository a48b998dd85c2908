import { present } from "./assert.ts";

/** A civil date `YYYY-MM-DD` of the proleptic Gregorian calendar (RFC 3339 full-date), with no time and no zone. */
export type CalendarDate = string & { readonly __brand: "CalendarDate" };

/** Days since 1970-01-01; negative before. The form in which dates are stored and compared. */
export type DayNumber = number;

/** 1900-01-01, the first day of the calendar taken here. */
export const firstDay: DayNumber = -25_567;
/** 9999-12-31, the last. */
export const lastDay: DayNumber = 2_932_896;

/** Months since January 1970. */
export type MonthNumber = number;

const pattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const parsed = new Map<string, DayNumber>();
/** Books use few dates over and over; the cache is dropped whole when a flood of dates fills it. */
const parsedMax = 20_000;

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (monthDays[month - 1] ?? 0);
}

/** The day number of a date that exists, from 1900-01-01 to 9999-12-31; undefined for anything else, 2025-02-29 included. */
export function parseDay(text: string): DayNumber | undefined {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const match = pattern.exec(text);
  if (!match) return undefined;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const number = dayNumber(year, month, day);
  if (parsed.size >= parsedMax) parsed.clear();
  parsed.set(text, number);
  return number;
}

/** The day number of a date that was checked to exist: by a schema, or before it was stored. */
export function dayOf(date: string): DayNumber {
  return present(parseDay(date), "a date that was checked exists");
}

/** Whether the text is a date that exists. */
export function isCalendarDate(text: string): text is CalendarDate {
  return parseDay(text) !== undefined;
}

export function dayNumber(year: number, month: number, day: number): DayNumber {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

export function dateOfDay(day: DayNumber): CalendarDate {
  return new Date(day * 86_400_000).toISOString().slice(0, 10) as CalendarDate;
}

/** The month that a day falls in. */
export function monthOfDay(day: DayNumber): MonthNumber {
  // By arithmetic, years from March on (H. Hinnant, chrono-Compatible Low-Level Date Algorithms, civil_from_days): a Date costs ten times as much.
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  return (yearOfEra + era * 400 - 1970) * 12 + monthFromMarch + 2;
}

export function firstDayOfMonth(month: MonthNumber): DayNumber {
  return dayNumber(1970 + Math.floor(month / 12), (((month % 12) + 12) % 12) + 1, 1);
}

/**
 * The first day of the fiscal year of `day`; one that began before this calendar begins with it.
 * `fiscalYearStart` is `MM-DD`; a start on 29 February would not exist in most years and is refused where it is set.
 */
export function fiscalYearStartOf(day: DayNumber, fiscalYearStart: string): DayNumber {
  const year = Number(dateOfDay(day).slice(0, 4));
  const month = Number(fiscalYearStart.slice(0, 2));
  const first = Number(fiscalYearStart.slice(3, 5));
  const candidate = dayNumber(year, month, first);
  return Math.max(candidate <= day ? candidate : dayNumber(year - 1, month, first), firstDay);
}
