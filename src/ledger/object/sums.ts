import { type DayNumber, firstDayOfMonth, type MonthNumber, monthOfDay, parseDay } from "../../kernel/calendar-date.ts";
import type { EntryPosted } from "../domain/fact.ts";
import { decodeCells } from "./frozen-tail.ts";
import { readFacts } from "./journal.ts";
import { readMeta } from "./meta.ts";
import { accountOfCell, daySpan, firstCellOf, lineItem, linePlace, monthBase, monthOfCell, monthSpan } from "./schema.ts";
import type { StoredState } from "./stored-state.ts";

export interface Sums {
  debits: bigint;
  credits: bigint;
}

/** A point in the books: entries dated up to `day`, known at sequence `knownAt`; undefined for no bound. */
export interface Point {
  readonly day: DayNumber | undefined;
  readonly knownAt: number | undefined;
}

class Sheet {
  readonly sums = new Map<number, Sums>();

  add(account: number, debits: bigint, credits: bigint): void {
    const of = this.sums.get(account);
    if (of === undefined) this.sums.set(account, { debits, credits });
    else {
      of.debits += debits;
      of.credits += credits;
    }
  }

  line(account: number, amount: number, sign: 1n | -1n): void {
    if (amount > 0) this.add(account, sign * BigInt(amount), 0n);
    else this.add(account, 0n, sign * BigInt(-amount));
  }
}

/**
 * Turnover per account at a point in the books, exactly.
 * Whole months come from the month cells, the days of a broken month from the lines, what a later sequence added is taken off again
 * by the sums that each flushed segment left, and what the index lacks is added from the tails.
 * `only`: one account's number. Accounts without lines are left out.
 */
export function sumsAt(sql: SqlStorage, state: StoredState, point: Point, only?: number): Map<number, Sums> {
  const sheet = new Sheet();
  const day = point.day;
  const knownAt = point.knownAt !== undefined && point.knownAt < state.sequence ? point.knownAt : undefined;
  const split = day === undefined ? undefined : splitMonth(day);
  const inMonths = (lineDay: DayNumber): boolean => split === undefined || monthOfDay(lineDay) < split.monthsBefore;
  addMonths(sql, sheet, split?.monthsBefore, only);
  if (knownAt !== undefined) takeOffLater(sql, state, sheet, split?.monthsBefore, knownAt, only, inMonths);
  if (split?.range) addLines(sql, sheet, split.range, split.sign, knownAt, only);
  const isIn = (line: { readonly day: DayNumber; readonly seq: number }): boolean =>
    (day === undefined || line.day <= day) && (knownAt === undefined || line.seq <= knownAt);
  if (state.frozen !== undefined) {
    const { lines, linesWritten } = state.frozen;
    for (let i = linesWritten; i < lines.length; i++) {
      const line = lines[i];
      if (line !== undefined && (only === undefined || line.account === only) && isIn(line)) sheet.line(line.account, line.amount, 1n);
    }
  }
  if (only !== undefined) {
    for (const line of state.tail.lines.get(only) ?? []) if (isIn(line)) sheet.line(only, line.amount, 1n);
  } else {
    for (const [account, lines] of state.tail.lines) for (const line of lines) if (isIn(line)) sheet.line(account, line.amount, 1n);
  }
  return sheet.sums;
}

/** Whether a day's month is better built up from its start or taken off from its end, and by which days. */
function splitMonth(day: DayNumber): {
  readonly monthsBefore: MonthNumber;
  readonly range: readonly [DayNumber, DayNumber] | undefined;
  readonly sign: 1n | -1n;
} {
  const month = monthOfDay(day);
  const first = firstDayOfMonth(month);
  const last = firstDayOfMonth(month + 1) - 1;
  if (day === last) return { monthsBefore: month + 1, range: undefined, sign: 1n };
  if (day - first < last - day) return { monthsBefore: month, range: [first, day], sign: 1n };
  return { monthsBefore: month + 1, range: [day + 1, last], sign: -1n };
}

type SumRow = { account: number; debits: string; credits: string };

function addMonths(sql: SqlStorage, sheet: Sheet, monthsBefore: MonthNumber | undefined, only: number | undefined): void {
  const from = only === undefined ? 0 : firstCellOf(only);
  const to = only === undefined ? Number.MAX_SAFE_INTEGER : firstCellOf(only + 1);
  const rows = sql.exec<SumRow>(
    `SELECT id / ${monthSpan} AS account, CAST(sum(debits) AS TEXT) AS debits, CAST(sum(credits) AS TEXT) AS credits
     FROM account_month WHERE id >= ? AND id < ? AND id % ${monthSpan} < ? GROUP BY 1`,
    from,
    to,
    monthsBefore === undefined ? monthSpan : monthsBefore + monthBase,
  );
  for (const row of rows) sheet.add(row.account, BigInt(row.debits), BigInt(row.credits));
}

function addLines(
  sql: SqlStorage,
  sheet: Sheet,
  range: readonly [DayNumber, DayNumber],
  sign: 1n | -1n,
  knownAt: number | undefined,
  only: number | undefined,
): void {
  const columns =
    "CAST(sum(iif(l.amount > 0, l.amount, 0)) AS TEXT) AS debits, CAST(sum(iif(l.amount < 0, -l.amount, 0)) AS TEXT) AS credits";
  const itemMax = knownAt === undefined ? Number.MAX_SAFE_INTEGER : lineItem(knownAt + 1, 0);
  const rows =
    only === undefined
      ? sql.exec<SumRow>(
          `SELECT a.no AS account, ${columns} FROM account a CROSS JOIN line l
           WHERE l.place BETWEEN a.no * ${daySpan} + ? AND a.no * ${daySpan} + ? AND l.item < ? GROUP BY a.no`,
          linePlace(0, range[0]),
          linePlace(0, range[1]),
          itemMax,
        )
      : sql.exec<SumRow>(
          `SELECT ? AS account, ${columns} FROM line l WHERE l.place BETWEEN ? AND ? AND l.item < ? HAVING count(*) > 0`,
          only,
          linePlace(only, range[0]),
          linePlace(only, range[1]),
          itemMax,
        );
  for (const row of rows) sheet.add(row.account, sign * BigInt(row.debits), sign * BigInt(row.credits));
}

/** Takes off the month cells what came after `knownAt`: whole segments by their sums, the one that holds it by its facts. */
function takeOffLater(
  sql: SqlStorage,
  state: StoredState,
  sheet: Sheet,
  monthsBefore: MonthNumber | undefined,
  knownAt: number,
  only: number | undefined,
  inMonths: (day: DayNumber) => boolean,
): void {
  if (state.frozen !== undefined) {
    const { lines, linesWritten } = state.frozen;
    for (let i = 0; i < linesWritten; i++) {
      const line = lines[i];
      if (line !== undefined && line.seq > knownAt && (only === undefined || line.account === only) && inMonths(line.day))
        sheet.line(line.account, line.amount, -1n);
    }
  }
  const flushedTo = readMeta<number>(sql, "flushed_to") ?? 0;
  if (knownAt >= flushedTo) return;
  for (const row of sql.exec<{ from_seq: number; to_seq: number; cells: ArrayBuffer }>(
    "SELECT from_seq, to_seq, cells FROM segment WHERE to_seq > ? ORDER BY to_seq",
    knownAt,
  )) {
    const holds = row.from_seq <= knownAt;
    const laterIsLess = row.to_seq - knownAt <= knownAt - row.from_seq;
    if (holds && laterIsLess) {
      addFacts(sql, sheet, knownAt, row.to_seq, -1n, only, inMonths);
      continue;
    }
    addCells(sheet, row.cells, monthsBefore, only);
    if (holds) addFacts(sql, sheet, row.from_seq - 1, knownAt, 1n, only, inMonths);
  }
}

function addCells(sheet: Sheet, blob: ArrayBuffer, monthsBefore: MonthNumber | undefined, only: number | undefined): void {
  const { ids, debits, credits } = decodeCells(blob);
  const start = only === undefined ? 0 : firstAtLeast(ids, firstCellOf(only));
  const end = only === undefined ? ids.length : firstAtLeast(ids, firstCellOf(only + 1));
  let i = start;
  while (i < end) {
    const account = accountOfCell(ids[i] as number);
    const next = firstCellOf(account + 1);
    let debit = 0n;
    let credit = 0n;
    for (; i < end && (ids[i] as number) < next; i++) {
      if (monthsBefore !== undefined && monthOfCell(ids[i] as number) >= monthsBefore) continue;
      debit += debits[i] as bigint;
      credit += credits[i] as bigint;
    }
    if (debit !== 0n || credit !== 0n) sheet.add(account, -debit, -credit);
  }
}

function firstAtLeast(ids: Float64Array, id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function addFacts(
  sql: SqlStorage,
  sheet: Sheet,
  after: number,
  upTo: number,
  sign: 1n | -1n,
  only: number | undefined,
  inMonths: (day: DayNumber) => boolean,
): void {
  for (const { fact } of readFacts(sql, after, upTo)) {
    if (fact.kind !== "entry_posted" || !inMonths(dayOf(fact))) continue;
    for (const line of fact.lines) if (only === undefined || line.account === only) sheet.line(line.account, line.amount, sign);
  }
}

function dayOf(fact: EntryPosted): DayNumber {
  const day = parseDay(fact.date);
  if (day === undefined) throw new Error("assertion failed: a posted date exists");
  return day;
}
