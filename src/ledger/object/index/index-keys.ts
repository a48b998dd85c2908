import { type DayNumber, firstDay, lastDay, type MonthNumber } from "../../../kernel/calendar-date.ts";
import type { Key, KeyRange } from "./sorted-source.ts";
import type { RunKind } from "./stored-run.ts";

/**
 * What the index is sorted by, and the columns of a record of each kind. The first two columns are the key.
 * - line: place (account and day), item (sequence and line number), amount. An account's lines by date.
 * - day: day, item, account, amount. The ledger's lines by date.
 * - amount: amount of the entry, sequence, day.
 * - term: hash of an external id, source or reference, sequence, day.
 * - claim: hash of an idempotency key, sequence of the last fact of its commit. Kept for as long as keys live.
 * - month: cell (account and month), nothing, debits and credits in halves. Sums, from which balances at a date are made.
 */
export const columnsOf: Readonly<Record<RunKind, number>> = { line: 3, day: 4, amount: 3, term: 3, month: 6, claim: 2 };
// Entries of the object lose their keys' type.
export const runKinds = Object.keys(columnsOf) as readonly RunKind[];

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
export function linePlace(account: number, day: DayNumber): number {
  return account * daySpan + dayKey(day);
}

export function accountOfPlace(place: number): number {
  return Math.floor(place / daySpan);
}

/** Where the lines of an account begin. */
export function firstPlaceOf(account: number): number {
  return account * daySpan;
}

export function dayOfPlace(place: number): DayNumber {
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

/** Every key whose first part is from `from` to `to`, both inside. */
export function keysFrom(from: number, to: number): KeyRange {
  return { from: [from, 0], to: [to + 1, 0] };
}

/** The lines of an account on the days from `from` to `to`, both inside. */
export function linesOfAccount(account: number, from: DayNumber = firstDay, to: DayNumber = lastDay): KeyRange {
  return keysFrom(linePlace(account, from), linePlace(account, to));
}

/** The ledger's lines on the days from `from` to `to`, both inside. */
export function linesOfDays(from: DayNumber = firstDay, to: DayNumber = lastDay): KeyRange {
  return keysFrom(dayKey(from), dayKey(to));
}

/** The range cut down to what comes after a key in the direction of a list. */
export function beyond(range: KeyRange, key: Key | undefined, direction: "asc" | "desc"): KeyRange {
  if (key === undefined) return range;
  return direction === "asc" ? { from: [key[0], key[1] + 1], to: range.to } : { from: range.from, to: key };
}
