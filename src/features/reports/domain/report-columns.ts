import { type CalendarDate, type DayNumber, dateOfDay, dayOf, firstDayOfMonth, monthOfDay } from "../../../kernel/calendar-date.ts";

/** A column of a report over a range of days, both inclusive. `total` adds up the columns before it, back to another total. */
export interface ReportColumn {
  readonly key: string;
  readonly kind: "period" | "previousPeriod" | "previousYear" | "total";
  readonly startDate: CalendarDate;
  readonly endDate: CalendarDate;
}

export type ColumnsOf = "total" | "month" | "quarter" | "year";
export type ComparedWith = "previousPeriod" | "previousYear";

/** Both inclusive. */
export interface DayRange {
  readonly startDay: DayNumber;
  readonly endDay: DayNumber;
}

const monthsOf = { month: 1, quarter: 3, year: 12 } as const;

/**
 * The columns of a flow report: the whole range as one, or a column for each month, quarter or year of the fiscal year, the first and the last of them
 * cut to the range, and their total. Undefined where there would be more than `columnsMax` periods.
 */
export function periodColumns(
  range: DayRange,
  step: ColumnsOf,
  fiscalYearStart: DayNumber,
  columnsMax: number,
): ReportColumn[] | undefined {
  if (step === "total") return [column("c0", "period", range)];
  const columns: ReportColumn[] = [];
  const startOf = boundaries(fiscalYearStart, monthsOf[step]);
  for (let startDay = range.startDay; startDay <= range.endDay; ) {
    if (columns.length === columnsMax) return undefined;
    const next = startOf(startDay);
    columns.push(column(`c${columns.length}`, "period", { startDay, endDay: Math.min(next - 1, range.endDay) }));
    startDay = next;
  }
  return [...columns, column("total", "total", range)];
}

/** Where the step after a day's step begins: steps of so many months, counted from the fiscal year's first. */
function boundaries(fiscalYearStart: DayNumber, months: number): (day: DayNumber) => DayNumber {
  // A fiscal year may begin within a month; calendar months do not move for it.
  const first = months === 1 ? 0 : monthOfDay(fiscalYearStart);
  const offset = months === 1 ? 0 : fiscalYearStart - firstDayOfMonth(first);
  // A month that is too short for it begins the step with its last day: in a year from 31 January that is 30 April.
  const startOf = (step: number) => {
    const month = first + step * months;
    return Math.min(firstDayOfMonth(month) + offset, firstDayOfMonth(month + 1) - 1);
  };
  return (day) => {
    const step = Math.floor((monthOfDay(day) - first) / months);
    return startOf(step) > day ? startOf(step) : startOf(step + 1);
  };
}

/**
 * Beside each column of a report in months, quarters or years the same days a year earlier, and beside the total their total.
 * They meet as the columns do: where 29 February has no day of its own the year before, none is in two of them.
 */
export function columnsOfYearBefore(columns: readonly ReportColumn[]): ReportColumn[] {
  const periods = columns.filter(({ kind }) => kind === "period");
  let next: DayNumber | undefined;
  const compared = periods.map(({ startDate, endDate }, at) => {
    const { startDay, endDay } = yearBefore({ startDay: dayOf(startDate), endDay: dayOf(endDate) });
    const range = { startDay: next ?? startDay, endDay };
    next = endDay + 1;
    return column(`c${periods.length + at}`, "previousYear", range);
  });
  const [first, last] = [compared[0], compared.at(-1)];
  if (periods.length === columns.length || first === undefined || last === undefined) return compared;
  return [...compared, { key: "previousYearTotal", kind: "total", startDate: first.startDate, endDate: last.endDate }];
}

/**
 * The range before: of whole months as many whole months, of any other as many days.
 * Of the year before: whole months stay whole, else the same dates, 29 February being the 28th.
 */
export function comparedColumn(range: DayRange, compare: ComparedWith): ReportColumn {
  return column("c1", compare, compare === "previousPeriod" ? periodBefore(range) : yearBefore(range));
}

/** The same day a year earlier: the end of a month beside the end of a month, else 29 February being the 28th. */
export function yearBeforeDay(day: DayNumber): DayNumber {
  return yearBefore({ startDay: firstDayOfMonth(monthOfDay(day)), endDay: day }).endDay;
}

function periodBefore({ startDay, endDay }: DayRange): DayRange {
  if (!isWholeMonths({ startDay, endDay })) return { startDay: startDay - (endDay - startDay + 1), endDay: startDay - 1 };
  const months = monthOfDay(endDay) - monthOfDay(startDay) + 1;
  return { startDay: firstDayOfMonth(monthOfDay(startDay) - months), endDay: startDay - 1 };
}

function yearBefore(range: DayRange): DayRange {
  const { startDay, endDay } = range;
  if (isWholeMonths(range))
    return { startDay: firstDayOfMonth(monthOfDay(startDay) - 12), endDay: firstDayOfMonth(monthOfDay(endDay) - 11) - 1 };
  return { startDay: dayOfYearBefore(startDay), endDay: dayOfYearBefore(endDay) };
}

function isWholeMonths({ startDay, endDay }: DayRange): boolean {
  return startDay === firstDayOfMonth(monthOfDay(startDay)) && endDay + 1 === firstDayOfMonth(monthOfDay(endDay) + 1);
}

function dayOfYearBefore(day: DayNumber): DayNumber {
  const month = monthOfDay(day);
  const monthBefore = firstDayOfMonth(month - 12);
  return Math.min(monthBefore + (day - firstDayOfMonth(month)), firstDayOfMonth(month - 11) - 1);
}

function column(key: string, kind: ReportColumn["kind"], { startDay, endDay }: DayRange): ReportColumn {
  return { key, kind, startDate: dateOfDay(startDay), endDate: dateOfDay(endDay) };
}
