import { present } from "../../../kernel/assert.ts";
import { filteredCountMax } from "../../../kernel/bounds.ts";
import { failure } from "../../../kernel/failures.ts";
import type { Account } from "../../domain/account.ts";
import type { EntriesQuery, ReadOutcome } from "../../rpc.ts";
import { describeEntries } from "../answers/describe-entries.ts";
import { beyond, inOrder, type Key } from "../index/sorted-source.ts";
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
import { accountById, type StoredState } from "../state/stored-state.ts";
import { type Condition, conditionsOf, type FilterName, isWhole, type Reversed } from "./entry-filters.ts";
import { type AskedList, daysOf, type EntryPosition, leftBy, type Narrowing, narrowestOf } from "./entry-narrowings.ts";
import { pageOutcome } from "./page-outcome.ts";
import { describeDrafts, draftPositions, mergedPositions, positionText } from "./unposted-lists.ts";

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
  const noneIsDraft = status === "posted" || status === "reversed" || query.postedOnly === true || !state.unposted.hasDrafts;
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

interface List extends AskedList {
  readonly conditions: readonly Condition[];
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
