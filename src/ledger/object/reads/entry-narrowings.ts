/** What of a list of entries an index answers, so that the fewest rows of the journal are looked at. */
import { type DayNumber, dayOf, firstDay, lastDay } from "../../../kernel/calendar-date.ts";
import type { Account } from "../../domain/account.ts";
import type { EntriesQuery } from "../../rpc.ts";
import type { Columns } from "../index/columns.ts";
import { countRange, type KeyRange, keysFrom, type SortedSource, stretchesIn } from "../index/sorted-source.ts";
import { dayKey, dayOfAccountDay, linesOfAccount, linesOfDays, sequenceOfItem } from "../state/record-keys.ts";
import type { RunKind } from "../state/record-kinds.ts";
import type { StoredState } from "../state/stored-state.ts";
import { externalIdTerm, referenceTerm, sourceTypeTerm } from "../state/terms.ts";
import type { Condition, FilterName, Reversed } from "./entry-filters.ts";

/** An entry's place in a list: its day, or 0 in the order of the log, and its sequence. */
export interface EntryPosition {
  readonly day: number;
  readonly seq: number;
}

/** A filter that an index answers. */
export interface Narrowing {
  /** The filters that every entry of it satisfies. */
  readonly answers: readonly FilterName[];
  /** Records to read: of lines, an entry may have several. */
  readonly records: number;
  /** Its entries, each once, in no order of the list's. */
  readonly entries: () => Iterable<EntryPosition>;
  /** How many entries it has, counted up to `max`. */
  readonly count: (max: number) => number;
}

/** A list of entries that is asked for, of this generation's own log. */
export interface AskedList {
  readonly sql: SqlStorage;
  readonly state: StoredState;
  readonly query: EntriesQuery;
  readonly account: Account | undefined;
  readonly reversed: Reversed;
}

/** Of what was reversed less is gathered: each takes a look into the journal. */
const reversedMax = 5_000;

/** The index that leaves the fewest records of those that the filters have; undefined where none has one. */
export function narrowestOf(list: AskedList): Narrowing | undefined {
  let narrowest: Narrowing | undefined;
  for (const narrowing of narrowings(list)) if (narrowest === undefined || narrowing.records < narrowest.records) narrowest = narrowing;
  return narrowest;
}

function* narrowings({ sql, state, query, account, reversed: later }: AskedList): Generator<Narrowing> {
  const { index } = state;
  const [from, to] = daysOf(query);
  const days = { fromDay: dayKey(from), toDay: dayKey(to) };
  // Every record has its entry's day, so that the dates need no look into the journal.
  const by = (kind: RunKind, range: KeyRange, answers: readonly FilterName[], form: RecordForm): Narrowing => {
    const records: Records = { sources: index.sources(kind), range, form, ...days };
    return {
      answers: [...answers, "dates"],
      records: countRange(records.sources, range),
      entries: () => positionsIn(records),
      count: (max) => countPositions(records, max),
    };
  };
  // A hash may be another text's: the texts are compared all the same.
  if (query.externalId !== undefined) yield by("term", ofHash(externalIdTerm(index.termKey, query.externalId)), [], ofEntry);
  if (query.reference !== undefined) yield by("term", ofHash(referenceTerm(index.termKey, query.reference)), [], ofEntry);
  if (query.sourceType !== undefined && query.sourceType !== "api")
    yield by("term", ofHash(sourceTypeTerm(index.termKey, query.sourceType)), [], ofEntry);
  if (query.minAmount !== undefined || query.maxAmount !== undefined) {
    const range: KeyRange = { from: [query.minAmount ?? 0, 0], to: [(query.maxAmount ?? Number.POSITIVE_INFINITY) + 1, 0] };
    yield by("amount", range, ["amounts"], ofEntry);
  }
  if (account !== undefined) yield by("line", linesOfAccount(account.no, ...daysOf(query)), ["account"], ofAccountsLine);
  if (query.startDate !== undefined || query.endDate !== undefined) yield by("day", linesOfDays(...daysOf(query)), [], ofLine);
  if (later.length === 0 && (query.status === "reversed" || query.status === "voided")) {
    const reversed = reversedEntries(sql, query.status === "voided");
    if (reversed !== undefined)
      yield { answers: ["status"], records: reversed.length, entries: () => reversed, count: (max) => Math.min(max, reversed.length) };
  }
}

/** What was reversed, where it is little: its days are read from the journal. */
function reversedEntries(sql: SqlStorage, isVoid: boolean): EntryPosition[] | undefined {
  const rows = sql
    .exec<{ seq: number; day: number }>(
      `SELECT r.original AS seq, unixepoch(j.body ->> '$.date') / 86400 AS day FROM reversal r CROSS JOIN journal j ON j.seq = r.original
       WHERE r.void = ? LIMIT ?`,
      isVoid ? 1 : 0,
      reversedMax + 1,
    )
    .toArray();
  return rows.length > reversedMax ? undefined : rows.map(({ seq, day }) => ({ seq, day: dayKey(day) }));
}

/** How an entry's sequence and day are read from a record at an index of its columns. */
interface RecordForm {
  readonly seqOf: (columns: Columns, at: number) => number;
  readonly dayOf: (columns: Columns, at: number) => number;
}

const ofEntry: RecordForm = {
  seqOf: (columns, at) => (columns[1] as Float64Array)[at] as number,
  dayOf: (columns, at) => (columns[2] as Float64Array)[at] as number,
};
const ofAccountsLine: RecordForm = {
  seqOf: (columns, at) => sequenceOfItem((columns[1] as Float64Array)[at] as number),
  dayOf: (columns, at) => dayKey(dayOfAccountDay((columns[0] as Float64Array)[at] as number)),
};
const ofLine: RecordForm = {
  seqOf: ofAccountsLine.seqOf,
  dayOf: (columns, at) => (columns[0] as Float64Array)[at] as number,
};

/** What of the sources' records is asked for. */
interface Records {
  readonly sources: readonly SortedSource[];
  readonly range: KeyRange;
  readonly form: RecordForm;
  readonly fromDay: number;
  readonly toDay: number;
}

/** Where in the columns of each stretch an entry of the days asked for is met first: the lines of one entry on one day follow one another. */
function* entriesIn({
  sources,
  range,
  form,
  fromDay,
  toDay,
}: Records): Generator<{ readonly columns: Columns; readonly at: readonly number[] }> {
  for (const source of sources) {
    let last = -1;
    for (const { columns, from, to } of stretchesIn(source, range)) {
      const at: number[] = [];
      for (let i = from; i < to; i++) {
        const seq = form.seqOf(columns, i);
        const day = form.dayOf(columns, i);
        if (seq === last || day < fromDay || day > toDay) continue;
        last = seq;
        at.push(i);
      }
      yield { columns, at };
    }
  }
}

function* positionsIn(records: Records): Generator<EntryPosition> {
  const { form } = records;
  for (const { columns, at } of entriesIn(records)) for (const i of at) yield { seq: form.seqOf(columns, i), day: form.dayOf(columns, i) };
}

/** How many places `positionsIn` has, up to `max`, without making any. */
function countPositions(records: Records, max: number): number {
  let count = 0;
  for (const { at } of entriesIn(records)) {
    count += at.length;
    if (count >= max) return max;
  }
  return count;
}

/** The conditions that are left to ask. */
export function leftBy(narrowing: Narrowing, conditions: readonly Condition[]): readonly Condition[] {
  return conditions.filter(({ filter }) => !narrowing.answers.includes(filter));
}

function ofHash(hash: number): KeyRange {
  return keysFrom(hash, hash);
}

/** The days asked for, both inside. */
export function daysOf(query: EntriesQuery): [DayNumber, DayNumber] {
  return [query.startDate === undefined ? firstDay : dayOf(query.startDate), query.endDate === undefined ? lastDay : dayOf(query.endDate)];
}
