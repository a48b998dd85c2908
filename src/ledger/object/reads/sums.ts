import { present } from "../../../kernel/assert.ts";
import { type DayNumber, dayOf, firstDayOfMonth, type MonthNumber, monthOfDay } from "../../../kernel/calendar-date.ts";
import { postingsOf } from "../../domain/fact-text.ts";
import type { Columns } from "../index/columns.ts";
import { halfSpan, highHalf } from "../index/halves.ts";
import { type KeyRange, keysFrom, type SortedSource, visitRange } from "../index/sorted-source.ts";
import { readBodies } from "../log/journal.ts";
import { acrossGenerations } from "../state/across-generations.ts";
import type { SumRows } from "../state/earlier.ts";
import { accountOfCell, firstCellOf, itemsUpTo, linesOfAccount, linesOfDays, monthOfCell, sequenceOfItem } from "../state/record-keys.ts";
import type { StoredState } from "../state/stored-state.ts";

export interface Sums {
  readonly debits: bigint;
  readonly credits: bigint;
}

/** A point in the books: entries dated up to `day`, known at sequence `knownAt`; undefined for no bound. */
export interface Point {
  readonly day: DayNumber | undefined;
  readonly knownAt: number | undefined;
}

/** So far a half may go before what is above it is carried. */
const carryAt = 2 ** 52;

/**
 * Sums by account, each in two halves that are exact as numbers: adding a million bigints takes longer than everything else here.
 * A half may be negative meanwhile.
 */
class Sheet {
  readonly #slots = new Map<number, number>();
  /** For each account: debits high and low, credits high and low. */
  #halves = new Float64Array(4 * 64);

  add(account: number, side: 0 | 2, high: number, low: number): void {
    let slot = this.#slots.get(account);
    if (slot === undefined) {
      slot = this.#slots.size * 4;
      this.#slots.set(account, slot);
      if (slot === this.#halves.length) {
        const wider = new Float64Array(slot * 2);
        wider.set(this.#halves);
        this.#halves = wider;
      }
    }
    const at = slot + side;
    const halves = this.#halves;
    let rest = (halves[at + 1] as number) + low;
    let whole = (halves[at] as number) + high;
    if (rest >= carryAt || rest <= -carryAt) {
      const carry = highHalf(rest);
      rest -= carry * halfSpan;
      whole += carry;
    }
    halves[at] = whole;
    halves[at + 1] = rest;
  }

  line(account: number, amount: number, sign: 1 | -1): void {
    const size = Math.abs(amount);
    const high = highHalf(size);
    this.add(account, amount > 0 ? 0 : 2, sign * high, sign * (size - high * halfSpan));
  }

  addAll(other: Sheet): void {
    const halves = other.#halves;
    for (const [account, slot] of other.#slots) {
      this.add(account, 0, halves[slot] as number, halves[slot + 1] as number);
      this.add(account, 2, halves[slot + 2] as number, halves[slot + 3] as number);
    }
  }

  sums(): Map<number, Sums> {
    const sums = new Map<number, Sums>();
    for (const [account, slot] of this.#slots) {
      const [debits, credits] = [this.#exact(slot), this.#exact(slot + 2)];
      // What was added and taken off again is no line: a line's amount is 1 at the least.
      if (debits !== 0n || credits !== 0n) sums.set(account, { debits, credits });
    }
    return sums;
  }

  #exact(at: number): bigint {
    return BigInt(this.#halves[at] as number) * BigInt(halfSpan) + BigInt(this.#halves[at + 1] as number);
  }
}

/**
 * Turnover per account at a point in the books, exactly.
 * Whole months come from the runs of sums that were known then, the days of a broken month from the runs of lines, the last facts before a
 * sequence from the journal, and what the index lacks from the tails. `only`: the numbers of few accounts. Accounts without lines are left out.
 */
export function sumsAt(sql: SqlStorage, state: StoredState, point: Point, only?: readonly number[]): Map<number, Sums> {
  return present(sumsAtEach(sql, state, [point.day], point.knownAt, only)[0], "a day has its sums");
}

/** The same at the end of each of several days, which come in their order, no bound last: all of them for one pass over the months. */
export function sumsAtEach(
  sql: SqlStorage,
  state: StoredState,
  days: readonly (DayNumber | undefined)[],
  known: number | undefined,
  only?: readonly number[],
): Map<number, Sums>[] {
  return acrossGenerations(
    state,
    { knownAt: known ?? state.sequence, accounts: only },
    (_, knownAt) => ({ kind: "sums", days: days.map((day) => day ?? null), knownAt, accounts: only ?? null }),
    (answers) => {
      const own = ownSums(sql, state, days, known, only);
      for (const answer of answers) for (const [at, rows] of answer.entries()) addRows(present(own[at], "an answer has every day"), rows);
      return own;
    },
  );
}

function addRows(sums: Map<number, Sums>, rows: SumRows): void {
  for (const [account, debits, credits] of rows) {
    const own = sums.get(account) ?? { debits: 0n, credits: 0n };
    sums.set(account, { debits: own.debits + BigInt(debits), credits: own.credits + BigInt(credits) });
  }
}

/** What this generation's own log has to the sums. */
export function ownSums(
  sql: SqlStorage,
  state: StoredState,
  days: readonly (DayNumber | undefined)[],
  known: number | undefined,
  only?: readonly number[],
): Map<number, Sums>[] {
  const { index } = state;
  const knownAt = Math.min(known ?? state.sequence, state.sequence);
  const splits = days.map((day) => (day === undefined ? undefined : splitMonth(day)));
  // What is dated up to a day and after the one before it.
  const parts = days.map(() => new Sheet());
  const isAsked = amongThem(only);
  const asked: Asked = {
    sql,
    state,
    knownAt,
    only,
    isAsked,
    monthsBefore: splits.map((split) => split?.monthsBefore ?? Number.POSITIVE_INFINITY),
    parts,
  };
  addMonths(asked);
  for (const tail of index.tails) {
    tail.visitLines((account, day, item, amount) => {
      if (!isAsked(account) || sequenceOfItem(item) > knownAt) return;
      const at = days.findIndex((end) => end === undefined || day <= end);
      parts[at]?.line(account, amount, 1);
    });
  }
  const soFar = new Sheet();
  return parts.map((part, at) => {
    soFar.addAll(part);
    const split = splits[at];
    if (!split?.range) return soFar.sums();
    const sheet = new Sheet();
    sheet.addAll(soFar);
    addDays(asked, sheet, split.range, split.sign);
    return sheet.sums();
  });
}

/** What the runs alone have of each account. */
export function sumsOfRuns(sql: SqlStorage, state: StoredState): Map<number, Sums> {
  const sheet = new Sheet();
  const { flushedTo } = state.index;
  const isAsked = amongThem(undefined);
  addMonths({ sql, state, knownAt: flushedTo, only: undefined, isAsked, monthsBefore: [Number.POSITIVE_INFINITY], parts: [sheet] });
  return sheet.sums();
}

/** What is asked, and where the sums of its months go: to the first part whose months are all before its bound. Bounds ascend. */
interface Asked {
  readonly sql: SqlStorage;
  readonly state: StoredState;
  readonly knownAt: number;
  readonly only: readonly number[] | undefined;
  readonly isAsked: (account: number) => boolean;
  readonly monthsBefore: readonly MonthNumber[];
  readonly parts: readonly Sheet[];
}

/** Whether an account is one of those asked for. */
function amongThem(only: readonly number[] | undefined): (account: number) => boolean {
  if (only === undefined) return () => true;
  const [first] = only;
  if (only.length === 1) return (account) => account === first;
  const them = new Set(only);
  return (account) => them.has(account);
}

/** Whether a day's month is better built up from its start or taken off from its end, and by which days. */
function splitMonth(day: DayNumber): {
  readonly monthsBefore: MonthNumber;
  readonly range: readonly [DayNumber, DayNumber] | undefined;
  readonly sign: 1 | -1;
} {
  const month = monthOfDay(day);
  const first = firstDayOfMonth(month);
  const last = firstDayOfMonth(month + 1) - 1;
  if (day === last) return { monthsBefore: month + 1, range: undefined, sign: 1 };
  if (day - first < last - day) return { monthsBefore: month, range: [first, day], sign: 1 };
  return { monthsBefore: month + 1, range: [day + 1, last], sign: -1 };
}

function addMonths(asked: Asked): void {
  const { state, knownAt, only } = asked;
  const upTo = Math.min(knownAt, state.index.flushedTo);
  const runs = state.index.runs.coverUpTo("month", upTo);
  const ranges: readonly KeyRange[] =
    only === undefined ? [keysFrom(0, Number.MAX_SAFE_INTEGER)] : only.map((no) => keysFrom(firstCellOf(no), firstCellOf(no + 1) - 1));
  const addRun = (run: SortedSource) => {
    for (const range of ranges) visitRange(run, range, (columns, from, to) => addCells(asked, columns, from, to));
  };
  runs.forEach(addRun);
  const reached = runs.at(-1)?.toSequence ?? state.carriedTo;
  if (reached >= upTo) return;
  // A part of one flushed tail is left: from its start, or taken off from its end, whichever is less to read.
  const whole = state.index.runs.shortestFrom("month", reached + 1);
  if (whole !== undefined && whole.toSequence - upTo < upTo - reached) {
    addRun(whole);
    addFacts(asked, upTo, whole.toSequence, -1);
  } else addFacts(asked, reached, upTo, 1);
}

function addCells({ monthsBefore, parts }: Asked, columns: Columns, from: number, to: number): void {
  const [cells, , debitsHigh, debitsLow, creditsHigh, creditsLow] = columns as readonly [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = from; i < to; ) {
    const account = accountOfCell(cells[i] as number);
    const end = firstCellOf(account + 1);
    // An account's months come in their order, and so do the bounds.
    for (let at = 0; at < parts.length && i < to && (cells[i] as number) < end; at++) {
      const bound = monthsBefore[at] as number;
      let debitHigh = 0;
      let debitLow = 0;
      let creditHigh = 0;
      let creditLow = 0;
      // A block has some thousand cells: their lower halves together stay far below 2^53.
      for (; i < to && (cells[i] as number) < end && monthOfCell(cells[i] as number) < bound; i++) {
        debitHigh += debitsHigh[i] as number;
        debitLow += debitsLow[i] as number;
        creditHigh += creditsHigh[i] as number;
        creditLow += creditsLow[i] as number;
      }
      const part = parts[at] as Sheet;
      if (debitHigh !== 0 || debitLow !== 0) part.add(account, 0, debitHigh, debitLow);
      if (creditHigh !== 0 || creditLow !== 0) part.add(account, 2, creditHigh, creditLow);
    }
    while (i < to && (cells[i] as number) < end) i++;
  }
}

/** The lines of the days of a broken month that the runs have. */
function addDays({ state, knownAt, only }: Asked, sheet: Sheet, [first, last]: readonly [DayNumber, DayNumber], sign: 1 | -1): void {
  const itemsBelow = itemsUpTo(knownAt);
  const addRange = (run: SortedSource, range: KeyRange, no: number | undefined) =>
    visitRange(run, range, (columns, from, to) => {
      const items = columns[1] as Float64Array;
      const amounts = columns.at(-1) as Float64Array;
      for (let i = from; i < to; i++) {
        if ((items[i] as number) >= itemsBelow) continue;
        sheet.line(no ?? ((columns[2] as Float64Array)[i] as number), amounts[i] as number, sign);
      }
    });
  for (const run of state.index.runs.runsOf(only === undefined ? "day" : "line")) {
    if (run.fromSequence > knownAt) continue;
    if (only === undefined) addRange(run, linesOfDays(first, last), undefined);
    else for (const no of only) addRange(run, linesOfAccount(no, first, last), no);
  }
}

function addFacts({ sql, monthsBefore, parts, isAsked }: Asked, after: number, upTo: number, sign: 1 | -1): void {
  for (const body of readBodies(sql, after, upTo)) {
    const entry = postingsOf(body);
    if (entry === undefined) continue;
    const month = monthOfDay(dayOf(entry.date));
    const part = parts[monthsBefore.findIndex((bound) => month < bound)];
    if (part === undefined) continue;
    for (const [account, amount] of entry.lines) if (isAsked(account)) part.line(account, amount, sign);
  }
}
