import { present } from "../../../kernel/assert.ts";
import { filteredCountMax } from "../../../kernel/bounds.ts";
import { type DayNumber, dayOf, firstDay, lastDay } from "../../../kernel/calendar-date.ts";
import { failure } from "../../../kernel/failures.ts";
import { applied, type FilterRows, isUnfiltered } from "../../../kernel/filter-rows.ts";
import type { Account } from "../../domain/account.ts";
import type { EntriesFilter, EntriesQuery, ReadOutcome } from "../../rpc.ts";
import { describeEntries } from "../answers/describe-entries.ts";
import type { Columns } from "../index/columns.ts";
import { beyond, countRange, inOrder, type Key, type KeyRange, keysFrom, type SortedSource, stretchesIn } from "../index/sorted-source.ts";
import { isEntry } from "../log/schema.ts";
import { acrossGenerations } from "../state/across-generations.ts";
import { type Count, capped, fromStart } from "../state/counts.ts";
import type { Generation, PositionsPage } from "../state/earlier.ts";
import {
  accountDay,
  dayKey,
  dayOfAccountDay,
  dayOfKey,
  lineItem,
  linesOfAccount,
  linesOfDays,
  sequenceOfItem,
} from "../state/record-keys.ts";
import type { RunKind } from "../state/record-kinds.ts";
import { accountById, type StoredState } from "../state/stored-state.ts";
import { externalIdTerm, referenceTerm, sourceTypeTerm } from "../state/terms.ts";
import { pageOutcome } from "./page-outcome.ts";
import { describeDrafts, draftPositions, mergedPositions, positionText } from "./unposted-lists.ts";

/** An entry's place in a list: its day, or 0 in the order of the log, and its sequence. */
interface EntryPosition {
  readonly day: number;
  readonly seq: number;
}

type FilterName = "account" | "dates" | "amounts" | "status" | "externalId" | "reference" | "sourceType";

/** A condition of SQL over the journal's row `j`, for what no index has answered. */
interface Condition {
  readonly filter: FilterName;
  readonly sql: string;
  readonly bindings: readonly SqlStorageValue[];
  /** Whether it reads more of the row than its sequence. */
  readonly readsRow: boolean;
}

/** A filter that an index answers. */
interface Narrowing {
  /** The filters that every entry of it satisfies. */
  readonly answers: readonly FilterName[];
  /** Records to read: of lines, an entry may have several. */
  readonly records: number;
  /** Its entries, each once, in no order of the list's. */
  readonly entries: () => Iterable<EntryPosition>;
  /** How many entries it has, counted up to `max`. */
  readonly count: (max: number) => number;
}

/** Of what was reversed less is gathered: each takes a look into the journal. */
const reversedMax = 5_000;
/** Candidates whose conditions are asked in one statement. */
const askedAtOnce = 1_000;

export const unknownAccount: ReadOutcome = {
  ok: false,
  failure: failure("REFERENCE_NOT_FOUND", "The ledger has no account with this accountId.", [
    { pointer: "accountId", code: "REFERENCE_NOT_FOUND", message: "Unknown account." },
  ]),
};

/** A page of entries, read through the narrowest index that the filters have. */
export function entriesOutcome(sql: SqlStorage, state: StoredState, query: EntriesQuery): ReadOutcome {
  const account = query.accountId === undefined ? undefined : accountById(state, query.accountId);
  if (query.accountId !== undefined && account === undefined) return unknownAccount;
  const { places, count } = pageAcross(sql, state, account, query);
  const page = places.slice(0, query.limit);
  const last = page.at(-1);
  const after = places.length > query.limit && last !== undefined ? positionText(query.order, last) : null;
  const texts = describePage(sql, state, page);
  return pageOutcome(texts, count, after);
}

/** The page of all generations: each has its own places, which mean the same in all of them. */
function pageAcross(sql: SqlStorage, state: StoredState, account: Account | undefined, query: EntriesQuery): PositionsPage {
  const whole = fromStart(query);
  return acrossGenerations(
    state,
    { knownAt: state.sequence, accounts: account && [account.no] },
    (generation) => ({
      kind: "entry_places",
      account: account?.no ?? null,
      query: whole,
      reversed: reversedLater(sql, state, generation, query),
    }),
    (answers) => {
      if (answers.length === 0) return pageOfAll(sql, state, account, query);
      return mergedPositions([...answers, pageOfAll(sql, state, account, whole)], query, inListOrder(query), isWhole(query));
    },
  );
}

type Reversed = readonly (readonly [original: number, isVoid: number])[];

/** A generation's entries that later ones have reversed, where the list asks for it. */
function reversedLater(
  sql: SqlStorage,
  state: StoredState,
  { generation, firstSequence: from, lastSequence: to }: Generation,
  { status }: EntriesQuery,
): Reversed {
  if (status === undefined || status === "draft" || status === "pending_approval") return [];
  const { earlier } = state;
  const later = earlier.generations.filter((other) => other.generation > generation);
  return [...earlier.ask<"reversals">(later, () => ({ kind: "reversals", from, to })).flat(), ...reversalsOf(sql, from, to)];
}

/** The reversals in this generation's log of entries from one sequence to another. */
export function reversalsOf(sql: SqlStorage, from: number, to: number): Reversed {
  return sql
    .exec<{ original: number; void: number }>("SELECT original, void FROM reversal WHERE original BETWEEN ? AND ?", from, to)
    .toArray()
    .map(({ original, void: isVoid }) => [original, isVoid]);
}

/**
 * Posted entries, drafts, or both in one order: what is a draft stands where it was created. Of this generation's own log.
 * `reversed`: entries that were reversed after it.
 */
export function pageOfAll(
  sql: SqlStorage,
  state: StoredState,
  account: Account | undefined,
  query: EntriesQuery,
  reversed: Reversed = [],
): PositionsPage {
  const { status } = query;
  const noneIsPosted = status === "draft" || status === "pending_approval";
  const noneIsDraft = status === "posted" || status === "reversed" || query.postedOnly === true || !state.hasDrafts;
  if (noneIsPosted && noneIsDraft) return { places: [], count: { count: 0, capped: false } };
  const posted = (asked: EntriesQuery): PositionsPage => {
    const list: List = { sql, state, query: asked, account, conditions: conditionsOf(asked, account, reversed), reversed };
    return pageOf(list, narrowestOf(list));
  };
  const drafts = (asked: EntriesQuery): PositionsPage => {
    const { places, count } = draftPositions(sql, state, account, asked);
    return { places: places.map((place) => ({ ...place, isDraft: true })), count };
  };
  if (noneIsDraft) return posted(query);
  if (noneIsPosted) return drafts(query);
  const whole = fromStart(query);
  return mergedPositions([posted(whole), drafts(whole)], query, inListOrder(query), isWhole(query));
}

/** Whether the list has every entry, posted ones alone or drafts too: it is counted exactly. */
function isWhole({ postedOnly: _postedOnly, ...filters }: EntriesQuery): boolean {
  return isUnfiltered(entryFilters, filters);
}

function describePage(sql: SqlStorage, state: StoredState, page: PositionsPage["places"]): string[] {
  const posted = page.filter(({ isDraft }) => !isDraft).map(({ seq }) => seq);
  const entries = describeEntries(sql, state, posted, state.sequence);
  if (posted.length === page.length) return entries.map(({ text }) => text);
  const drafts = describeDrafts(
    state,
    page.filter(({ isDraft }) => isDraft).map(({ seq }) => seq),
  );
  let next = 0;
  return page.map(({ seq, isDraft }) => present(isDraft ? drafts.get(seq) : entries[next++], "what is listed can be described").text);
}

interface List {
  readonly sql: SqlStorage;
  readonly state: StoredState;
  readonly query: EntriesQuery;
  readonly account: Account | undefined;
  readonly conditions: readonly Condition[];
  readonly reversed: Reversed;
}

function pageOf(list: List, narrowest: Narrowing | undefined): { readonly places: readonly EntryPosition[]; readonly count: Count } {
  const { state, query, conditions } = list;
  if (narrowest !== undefined && narrowest.records <= state.index.limits.entriesGatheredMax) {
    const matches = [...matching(list, leftBy(narrowest, conditions), narrowest.entries())];
    return { places: paged(matches, query), count: capped(matches.length) };
  }
  const count = conditions.length === 0 ? { count: state.index.entryCount, capped: false } : capped(countOf(list, narrowest));
  const skipped = query.offset ?? 0;
  const wanted = skipped + query.limit + 1;
  const places = query.order === "date" ? walkByDate(list, wanted) : walkLog(list, wanted);
  return { places: places.slice(skipped), count };
}

const amount = "(SELECT sum(max(l.value ->> 1, 0)) FROM json_each(j.body, '$.lines') l)";

/** What the filters need to know beside themselves. */
interface Asked {
  readonly account: Account | undefined;
  readonly reversed: Reversed;
}

/** Each filter as conditions on the journal's rows, which are asked in this order. */
const entryFilters: FilterRows<EntriesFilter, Asked, readonly Condition[]> = {
  // The index has the names of holds too.
  externalId: (id) => [condition("externalId", `j.body ->> '$.externalId' = ? AND ${isEntry}`, id)],
  reference: (reference) => [condition("reference", "j.body ->> '$.reference' = ?", reference)],
  status: (status, { reversed }) => statusConditions(status, reversed),
  // Dates as texts are in the order of their days.
  startDate: (date) => [condition("dates", "j.body ->> '$.date' >= ?", date)],
  endDate: (date) => [condition("dates", "j.body ->> '$.date' <= ?", date)],
  minAmount: (min) => [condition("amounts", `${amount} >= ?`, min)],
  maxAmount: (max) => [condition("amounts", `${amount} <= ?`, max)],
  sourceType: (type) => [sourceCondition(type)],
  accountId: (_id, { account }) => [
    condition("account", "EXISTS (SELECT 1 FROM json_each(j.body, '$.lines') l WHERE l.value ->> 0 = ?)", account?.no ?? null),
  ],
  // The rows of the journal are of posted entries: `pageOfAll` leaves the drafts out.
  postedOnly: () => [],
};

function conditionsOf(query: EntriesQuery, account: Account | undefined, reversed: Reversed): Condition[] {
  return applied(entryFilters, query, { account, reversed }).flat();
}

/** A column of the journal's row other than its sequence, which the places have: for any other the row itself is joined. */
const readsRow = /\bj\.(?!seq\b)/;

function condition(filter: FilterName, sql: string, ...bindings: SqlStorageValue[]): Condition {
  return { filter, sql, bindings, readsRow: readsRow.test(sql) };
}

/** A source is an object, and no text within the row has these characters unescaped: most entries need not be parsed to know that they have none. */
function sourceCondition(type: string): Condition {
  if (type === "api") return condition("sourceType", `(instr(j.body, ',"source":{') = 0 OR j.body ->> '$.source.type' = 'api')`);
  return condition("sourceType", "j.body ->> '$.source.type' = ?", type);
}

function statusConditions(status: NonNullable<EntriesFilter["status"]>, reversed: Reversed): Condition[] {
  const ofVoid = status === "voided" ? 1 : 0;
  const later = "(SELECT value FROM json_each(?))";
  const sequences = (chosen: Reversed) => JSON.stringify(chosen.map(([original]) => original));
  const isReversed = "EXISTS (SELECT 1 FROM reversal r WHERE r.original = j.seq AND r.void = ?)";
  if (status === "posted") {
    const notReversed = condition("status", "NOT EXISTS (SELECT 1 FROM reversal r WHERE r.original = j.seq)");
    return reversed.length === 0 ? [notReversed] : [notReversed, condition("status", `j.seq NOT IN ${later}`, sequences(reversed))];
  }
  // A draft that waits is no row of the journal's: `pageOfAll` lists drafts alone.
  if (status === "draft" || status === "pending_approval") return [];
  if (reversed.length === 0) return [condition("status", isReversed, ofVoid)];
  const ofLater = sequences(reversed.filter(([, isVoid]) => isVoid === ofVoid));
  return [condition("status", `(${isReversed} OR j.seq IN ${later})`, ofVoid, ofLater)];
}

/** The index that leaves the fewest records of those that the filters have; undefined where none has one. */
function narrowestOf(list: List): Narrowing | undefined {
  let narrowest: Narrowing | undefined;
  for (const narrowing of narrowings(list)) if (narrowest === undefined || narrowing.records < narrowest.records) narrowest = narrowing;
  return narrowest;
}

function* narrowings({ sql, state, query, account, reversed: later }: List): Generator<Narrowing> {
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
function leftBy(narrowing: Narrowing, conditions: readonly Condition[]): readonly Condition[] {
  return conditions.filter(({ filter }) => !narrowing.answers.includes(filter));
}

function ofHash(hash: number): KeyRange {
  return keysFrom(hash, hash);
}

function daysOf(query: EntriesQuery): [DayNumber, DayNumber] {
  return [query.startDate === undefined ? firstDay : dayOf(query.startDate), query.endDate === undefined ? lastDay : dayOf(query.endDate)];
}

/** Those of the places whose entries satisfy the conditions, in the order given. */
function* matching({ sql }: List, conditions: readonly Condition[], places: Iterable<EntryPosition>): Generator<EntryPosition> {
  if (conditions.length === 0) return yield* places;
  const [key, from] = conditions.some(({ readsRow }) => readsRow)
    ? ["s.key", "json_each(?) s CROSS JOIN journal j ON j.seq = s.value"]
    : ["j.key", "(SELECT key, value AS seq FROM json_each(?)) j"];
  const statement = `SELECT ${key} AS key FROM ${from} WHERE ${conditions.map((condition) => condition.sql).join(" AND ")} ORDER BY 1`;
  const bindings = conditions.flatMap((condition) => condition.bindings);
  for (const chunk of inChunks(places)) {
    const rows = sql.exec<{ key: number }>(statement, JSON.stringify(chunk.map(({ seq }) => seq)), ...bindings).toArray();
    for (const row of rows) yield present(chunk[row.key], "a key is a place in its chunk");
  }
}

/** Small chunks first: the first page may be in them. */
function* inChunks(places: Iterable<EntryPosition>): Generator<readonly EntryPosition[]> {
  let chunk: EntryPosition[] = [];
  let size = 100;
  for (const place of places) {
    chunk.push(place);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
    size = Math.min(size * 2, askedAtOnce);
  }
  if (chunk.length > 0) yield chunk;
}

/** The page of a list that was gathered whole, and one entry more where there is one. */
function paged(matches: readonly EntryPosition[], query: EntriesQuery): EntryPosition[] {
  const compare = inListOrder(query);
  const after = positionOf(query);
  const rest = after === undefined ? [...matches] : matches.filter((place) => compare(place, after) > 0);
  const skipped = query.offset ?? 0;
  return rest.sort(compare).slice(skipped, skipped + query.limit + 1);
}

function inListOrder(query: EntriesQuery): (x: EntryPosition, y: EntryPosition) => number {
  const sign = query.direction === "asc" ? 1 : -1;
  const byDate = query.order === "date";
  return (x, y) => ((byDate ? x.day - y.day : 0) || x.seq - y.seq) * sign;
}

/** Where the last page ended. */
function positionOf(query: EntriesQuery): EntryPosition | undefined {
  if (query.after === undefined) return undefined;
  const [a = 0, b = 0] = query.after.split(",").map(Number);
  return query.order === "date" ? { day: a, seq: b } : { day: 0, seq: a };
}

/** The first `wanted` matches by date, from the lines of the account or of the ledger. */
function walkByDate(list: List, wanted: number): EntryPosition[] {
  const { state, query, account, conditions } = list;
  const after = positionOf(query);
  const range = account === undefined ? linesOfDays(...daysOf(query)) : linesOfAccount(account.no, ...daysOf(query));
  const key = (day: number) => (account === undefined ? day : accountDay(account.no, dayOfKey(day)));
  // The entry itself lies behind its first line, or before its last.
  const position: Key | undefined =
    after && (query.direction === "asc" ? [key(after.day), lineItem(after.seq + 1, 0) - 1] : [key(after.day), lineItem(after.seq, 0)]);
  const sources = state.index.sources(account === undefined ? "day" : "line");
  const answered: readonly FilterName[] = account === undefined ? ["dates", "amounts"] : ["account", "dates"];
  const left = conditions.filter(({ filter }) => !answered.includes(filter));
  const lines = inOrder(sources, beyond(range, position, query.direction), query.direction);
  const matches = matching(list, left, account === undefined ? ofAmounts(lines, query) : eachOnce(lines));
  const places: EntryPosition[] = [];
  for (const place of matches) if (places.push(place) === wanted) break;
  return places;
}

/** The entries of an account's lines in order of date: an entry's lines on one day follow one another. */
function* eachOnce(lines: Iterable<readonly number[]>): Generator<EntryPosition> {
  let last = -1;
  for (const [place = 0, item = 0] of lines) {
    const seq = sequenceOfItem(item);
    if (seq === last) continue;
    last = seq;
    yield { seq, day: dayKey(dayOfAccountDay(place)) };
  }
}

/** The entries of the amounts asked for, of the ledger's lines in order of date: all of an entry's lines follow one another, and their debits are its amount. */
function* ofAmounts(lines: Iterable<readonly number[]>, query: EntriesQuery): Generator<EntryPosition> {
  const { minAmount = 0, maxAmount = Number.POSITIVE_INFINITY } = query;
  let place: EntryPosition | undefined;
  let amount = 0;
  for (const [day = 0, item = 0, , lineAmount = 0] of lines) {
    const seq = sequenceOfItem(item);
    if (seq !== place?.seq) {
      if (place !== undefined && amount >= minAmount && amount <= maxAmount) yield place;
      place = { seq, day };
      amount = 0;
    }
    amount += Math.max(lineAmount, 0);
  }
  if (place !== undefined && amount >= minAmount && amount <= maxAmount) yield place;
}

/** The first `wanted` matches in the order of the log, from the log itself or from what was reversed. */
function walkLog({ sql, query, conditions, reversed }: List, wanted: number): EntryPosition[] {
  const asc = query.direction === "asc";
  const after = positionOf(query);
  const isReversed = reversed.length === 0 && (query.status === "reversed" || query.status === "voided");
  const from = isReversed ? "reversal o CROSS JOIN journal j ON j.seq = o.original" : "journal j";
  const seq = isReversed ? "o.original" : "j.seq";
  const where = [...conditions.map((condition) => condition.sql), ...(isReversed ? [] : [isEntry])];
  const bindings = conditions.flatMap((condition) => condition.bindings);
  if (after !== undefined) {
    where.push(`${seq} ${asc ? ">" : "<"} ?`);
    bindings.push(after.seq);
  }
  const statement = `SELECT ${seq} AS seq FROM ${from} WHERE ${where.join(" AND ")} ORDER BY ${seq} ${asc ? "ASC" : "DESC"} LIMIT ?`;
  return sql
    .exec<{ seq: number }>(statement, ...bindings, wanted)
    .toArray()
    .map((row) => ({ day: 0, seq: row.seq }));
}

/** How many entries match, counted up to one beyond the bound of counts. What all but few entries are need not be counted one by one. */
function countOf(list: List, narrowest: Narrowing | undefined): number {
  const { sql, state, conditions } = list;
  const own = conditions.length === 1 && list.query.sourceType === "api" ? state.index.ownCount : undefined;
  if (own !== undefined) return own;
  if (conditions.length === 1 && list.query.status === "posted")
    return (
      state.index.entryCount -
      sql.exec<{ n: number }>("SELECT count(*) AS n FROM reversal WHERE original >= ?", state.firstSequence).one().n
    );
  return countMatches(list, narrowest, filteredCountMax + 1);
}

/** How many entries match, counted up to `max`. */
function countMatches(list: List, narrowest: Narrowing | undefined, max: number): number {
  const { query, conditions } = list;
  if (narrowest === undefined) {
    const { after: _after, ...whole } = query;
    return walkLog({ ...list, query: whole }, max).length;
  }
  const left = leftBy(narrowest, conditions);
  if (left.length === 0) return narrowest.count(max);
  let count = 0;
  for (const _ of matching(list, left, narrowest.entries())) if (++count === max) break;
  return count;
}
