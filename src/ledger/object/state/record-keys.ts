/** How accounts, days, months and lines stand in the keys of the index's records: each key is one integer below 2^53. */
import { type DayNumber, firstDay, lastDay, type MonthNumber } from "../../../kernel/calendar-date.ts";
import { type KeyRange, keysFrom } from "../index/sorted-source.ts";

/** Days of the calendar that is taken here, from 0. */
export function dayKey(day: DayNumber): number {
  return day - firstDay;
}

export function dayOfKey(key: number): DayNumber {
  return key + firstDay;
}

const daySpan = 4_194_304;
/** An entry has at most 200 lines. */
const numberSpan = 256;
const monthSpan = 131_072;
/** January 1900, the first month of the calendar taken here. */
const monthBase = 840;

/** An account's number and a day in one integer, in order of account and day. */
export function accountDay(account: number, day: DayNumber): number {
  return account * daySpan + dayKey(day);
}

export function accountOfAccountDay(place: number): number {
  return Math.floor(place / daySpan);
}

/** Where the lines of an account begin. */
export function firstAccountDayOf(account: number): number {
  return account * daySpan;
}

export function dayOfAccountDay(place: number): DayNumber {
  // Not by %, which of numbers beyond 32 bits is a call.
  return dayOfKey(place - Math.floor(place / daySpan) * daySpan);
}

/** A sequence and a line's number. */
export function lineItem(sequence: number, no: number): number {
  return sequence * numberSpan + no;
}

/** The end of the items of facts up to a sequence, itself outside; of all where none is given. */
export function itemsUpTo(sequence: number | undefined): number {
  return sequence === undefined ? Number.MAX_SAFE_INTEGER : lineItem(sequence + 1, 0);
}

export function sequenceOfItem(item: number): number {
  return Math.floor(item / numberSpan);
}

export function numberOfItem(item: number): number {
  return item % numberSpan;
}

export function monthCell(account: number, month: MonthNumber): number {
  return account * monthSpan + month + monthBase;
}

/** Where the cells of an account begin. */
export function firstCellOf(account: number): number {
  return account * monthSpan;
}

export function accountOfCell(cell: number): number {
  return Math.floor(cell / monthSpan);
}

export function monthOfCell(cell: number): MonthNumber {
  return cell - Math.floor(cell / monthSpan) * monthSpan - monthBase;
}

/** The lines of an account on the days from `from` to `to`, both inside. */
export function linesOfAccount(account: number, from: DayNumber = firstDay, to: DayNumber = lastDay): KeyRange {
  return keysFrom(accountDay(account, from), accountDay(account, to));
}

/** The ledger's lines on the days from `from` to `to`, both inside. */
export function linesOfDays(from: DayNumber = firstDay, to: DayNumber = lastDay): KeyRange {
  return keysFrom(dayKey(from), dayKey(to));
}
