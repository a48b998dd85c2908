import { present } from "../../../kernel/assert.ts";
import { filteredCountMax } from "../../../kernel/bounds.ts";
import { type DayNumber, dayOf, firstDay, lastDay } from "../../../kernel/calendar-date.ts";
import { instant } from "../../../kernel/clock.ts";
import { isUnfiltered } from "../../../kernel/filter-rows.ts";
import type { Whole } from "../../../kernel/whole.ts";
import { type Account, normalSign } from "../../domain/account.ts";
import type { EntryPosted, FactLine } from "../../domain/fact.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import type { LinesFilter, LinesQuery, ReadOutcome } from "../../rpc.ts";
import { entryId, lineText } from "../answers/views.ts";
import { beyond, countRange, inOrder, type Key, type KeyRange, type SortedSource, visitRange } from "../index/sorted-source.ts";
import { isEntry } from "../log/schema.ts";
import { acrossGenerations } from "../state/across-generations.ts";
import { type Count, capped, fromStart, mergedPage } from "../state/counts.ts";
import type { KeysPage, LinesNarrowed } from "../state/earlier.ts";
import { accountDay, itemsUpTo, lineItem, linesOfAccount, linesOfDays, numberOfItem, sequenceOfItem } from "../state/record-keys.ts";
import type { StoredState } from "../state/stored-state.ts";
import { pageOutcome } from "./page-outcome.ts";
import { sumsAt } from "./sums.ts";

/** A line's key in the order of the list (0 where the list is in the order of the log) and its item. */
type LineKey = Key;

/** What narrows the list: an account's lines or all, of days, both inclusive, up to the last item that is known. */
export interface LineFilter {
  readonly sources: readonly SortedSource[];
  readonly range: KeyRange;
  readonly from: DayNumber;
  readonly to: DayNumber;
  readonly itemsBelow: number;
}

const entriesAtOnce = 300;

/** The filters of the list: `filterOf` makes a range of the index of all of them. */
const lineFilters = { accountId: true, startDate: true, endDate: true, knownAt: true } as const satisfies Record<keyof LinesFilter, true>;

function filterOf(state: StoredState, account: Account | undefined, query: LinesNarrowed): LineFilter {
  query satisfies Whole<LinesNarrowed, "startDate" | "endDate" | "knownAt">;
  const from = query.startDate === undefined ? firstDay : dayOf(query.startDate);
  const to = query.endDate === undefined ? lastDay : dayOf(query.endDate);
  return {
    sources: state.index.sources(account === undefined ? "day" : "line"),
    range: account === undefined ? linesOfDays(from, to) : linesOfAccount(account.no, from, to),
    from,
    to,
    itemsBelow: itemsUpTo(query.knownAt),
  };
}

/** A page of lines: of one account, by date with a running balance or in the order of the log; or of the whole ledger. */
export function linesOutcome(sql: SqlStorage, state: StoredState, account: Account | undefined, query: LinesQuery): ReadOutcome {
  const { keys, count } = keysAcross(sql, state, account, query);
  const page = keys.slice(0, query.limit);
  const lines = readLines(state, page);
  const running = account !== undefined && query.order === "date" ? runningBalances(sql, state, account, page, lines, query) : undefined;
  const texts = lines.map(({ entry, fact, line, no }, i) => {
    const text = lineText(line, no, present(state.account(line.account), "a line's account exists"), state.sequence);
    const header = `"journalEntryId":"${fact.draftId ?? entryId(state.identity, entry.context.atMs, entry.seq)}","sequence":${entry.seq},"date":"${fact.date}","description":${JSON.stringify(fact.description)},"reference":${JSON.stringify(fact.reference)},"createdAt":"${instant(entry.context.atMs)}"`;
    return `${text.slice(0, -1)},${header}${running ? `,"runningBalance":${running[i]}` : ""}}`;
  });
  const last = page.at(-1);
  const after = keys.length > query.limit && last !== undefined ? (query.order === "date" ? last.join(",") : String(last[1])) : null;
  return pageOutcome(texts, count, after);
}

/** The keys of a page and one more, and how many there are of all pages, of this generation's own log. */
export function ownKeys(sql: SqlStorage, state: StoredState, account: Account | undefined, query: LinesQuery): KeysPage {
  const filter = filterOf(state, account, query);
  const keys = query.order === "date" ? keysByDate(query, filter) : keysBySequence(sql, state, account, query, filter);
  return { keys, count: countLines(state, account, query, filter) };
}

/** The same of all generations: a key means the same in each, so that their pages are merged. */
function keysAcross(sql: SqlStorage, state: StoredState, account: Account | undefined, query: LinesQuery): KeysPage {
  const whole = fromStart(query);
  const sign = query.direction === "asc" ? 1 : -1;
  return acrossGenerations(
    state,
    { knownAt: query.knownAt ?? state.sequence, accounts: account && [account.no] },
    () => ({ kind: "line_keys", account: account?.no ?? null, query: whole }),
    (answers) => {
      if (answers.length === 0) return ownKeys(sql, state, account, query);
      const pages = [...answers, ownKeys(sql, state, account, whole)].map(({ keys, count }) => ({ items: keys, count }));
      const { items, count } = mergedPage(pages, query, (x, y) => (x[0] - y[0] || x[1] - y[1]) * sign, isUnfiltered(lineFilters, query));
      return { keys: items, count };
    },
  );
}

function readLines(state: StoredState, page: readonly LineKey[]) {
  const sequences = [...new Set(page.map(([, item]) => sequenceOfItem(item)))];
  const entries = new Map(
    state.rows(sequences).map((entry) => {
      // The index has lines of entries only.
      const fact = decodeFact(entry.body) as EntryPosted;
      return [entry.seq, { entry, fact }];
    }),
  );
  return page.map(([, item]) => {
    const { entry, fact } = present(entries.get(sequenceOfItem(item)), "a line's entry is in the journal");
    const no = numberOfItem(item);
    const line: FactLine = present(fact.lines[no - 1], "a line has its place in the entry");
    return { entry, fact, line, no };
  });
}

/** In the index's own order: the next page begins where the last ended. */
function keysByDate(query: LinesQuery, filter: LineFilter): LineKey[] {
  const [a, b] = query.after?.split(",").map(Number) ?? [];
  const range = beyond(filter.range, a === undefined || b === undefined ? undefined : [a, b], query.direction);
  const wanted = (query.offset ?? 0) + query.limit + 1;
  const keys: LineKey[] = [];
  for (const [key = 0, item = 0] of inOrder(filter.sources, range, query.direction)) {
    if (item >= filter.itemsBelow) continue;
    keys.push([key, item]);
    if (keys.length === wanted) break;
  }
  return keys.slice(query.offset ?? 0);
}

/** In the order of the log: gathered from the index, or, where they are many, read from the log itself. */
function keysBySequence(
  sql: SqlStorage,
  state: StoredState,
  account: Account | undefined,
  query: LinesQuery,
  filter: LineFilter,
): LineKey[] {
  const lines = countRange(filter.sources, filter.range);
  const isMany = lines > state.index.limits.linesGatheredMax && lines * 100 > state.index.lineCount;
  const items = isMany ? itemsOfLog(sql, account, query, filter) : itemsOfIndex(query, filter);
  return items.slice(query.offset ?? 0).map((item) => [0, item]);
}

/** Between which items, both outside, lies what is known and no page has had. */
function itemsLeft(query: LinesQuery, { itemsBelow }: LineFilter): { readonly above: number; readonly below: number } {
  if (query.after === undefined) return { above: -1, below: itemsBelow };
  const after = Number(query.after);
  return query.direction === "asc" ? { above: after, below: itemsBelow } : { above: -1, below: Math.min(after, itemsBelow) };
}

/** Each source's items are all before or all after those of the next, so that only as many sources are gathered as the page takes. */
function itemsOfIndex(query: LinesQuery, filter: LineFilter): number[] {
  const asc = query.direction === "asc";
  const { above, below } = itemsLeft(query, filter);
  const wanted = (query.offset ?? 0) + query.limit + 1;
  const items: number[] = [];
  for (const source of asc ? filter.sources : filter.sources.toReversed()) {
    const own: number[] = [];
    visitRange(source, filter.range, (columns, start, end) => {
      const itemsOfSource = columns[1] as Float64Array;
      for (let i = start; i < end; i++) {
        const item = itemsOfSource[i] as number;
        if (item > above && item < below) own.push(item);
      }
    });
    const sorted = Float64Array.from(own).sort();
    items.push(...(asc ? sorted.subarray(0, wanted - items.length) : sorted.reverse().subarray(0, wanted - items.length)));
    if (items.length >= wanted) break;
  }
  return items;
}

function itemsOfLog(sql: SqlStorage, account: Account | undefined, query: LinesQuery, filter: LineFilter): number[] {
  const asc = query.direction === "asc";
  const { above, below } = itemsLeft(query, filter);
  const wanted = (query.offset ?? 0) + query.limit + 1;
  const start = asc ? sequenceOfItem(Math.max(above, 0)) : sequenceOfItem(below);
  const items: number[] = [];
  for (const row of entriesFrom(sql, start, asc)) {
    const fact = decodeFact(row.body) as EntryPosted;
    const day = dayOf(fact.date);
    if (day < filter.from || day > filter.to) continue;
    const own: number[] = [];
    fact.lines.forEach((line, i) => {
      const item = lineItem(row.seq, i + 1);
      if (account !== undefined && line.account !== account.no) return;
      if (item > above && item < below) own.push(item);
    });
    items.push(...(asc ? own : own.reverse()));
    if (items.length >= wanted) break;
  }
  return items.slice(0, wanted);
}

/** The entries from a sequence on, either way, some hundreds a statement: a cursor that is left open locks the tables. */
function* entriesFrom(sql: SqlStorage, start: number, asc: boolean): Generator<{ readonly seq: number; readonly body: string }> {
  const [from, order] = asc ? [">=", "ASC"] : ["<=", "DESC"];
  const statement = `SELECT j.seq AS seq, j.body AS body FROM journal j WHERE j.seq ${from} ? AND ${isEntry} ORDER BY j.seq ${order} LIMIT ${entriesAtOnce}`;
  for (let next = start; ; ) {
    const rows = sql.exec<{ seq: number; body: string }>(statement, next).toArray();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < entriesAtOnce) return;
    next = last.seq + (asc ? 1 : -1);
  }
}

/** The balance on the normal side after each line of a page in date order, whichever way the page runs. */
function runningBalances(
  sql: SqlStorage,
  state: StoredState,
  account: Account,
  page: readonly LineKey[],
  lines: readonly { readonly fact: EntryPosted; readonly line: FactLine }[],
  query: LinesQuery,
): bigint[] {
  const asc = query.direction === "asc";
  const first = asc ? 0 : page.length - 1;
  const [place, item] = page[first] ?? [];
  const day = lines[first] && dayOf(lines[first].fact.date);
  if (place === undefined || item === undefined || day === undefined) return [];
  const before = sumsAt(sql, state, { day: day - 1, knownAt: query.knownAt }, [account.no]).get(account.no);
  const knownAt = query.knownAt ?? state.sequence;
  const key: Key = [place, item];
  const onTheDay = acrossGenerations(
    state,
    { knownAt, accounts: [account.no] },
    (_, knownThen) => ({ kind: "amount_before", account: account.no, day, key, knownAt: knownThen }),
    (answers) => answers.reduce((sum, amount) => sum + BigInt(amount), amountBefore(state, account.no, day, key, knownAt)),
  );
  let balance = (before?.debits ?? 0n) - (before?.credits ?? 0n) + onTheDay;
  const sign = BigInt(normalSign(account.type));
  const balances = (asc ? lines : lines.toReversed()).map(({ line }) => {
    balance += BigInt(line.amount);
    return balance * sign;
  });
  return asc ? balances : balances.reverse();
}

/** The sum of an account's lines on a day before a key, of this generation's own log. */
export function amountBefore(state: StoredState, account: number, day: DayNumber, key: Key, knownAt: number): bigint {
  const itemsBelow = itemsUpTo(knownAt);
  let balance = 0n;
  for (const source of state.index.sources("line")) {
    visitRange(source, { from: [accountDay(account, day), 0], to: key }, (columns, start, end) => {
      const [, items, amounts] = columns as readonly [Float64Array, Float64Array, Float64Array];
      for (let i = start; i < end; i++) if ((items[i] as number) < itemsBelow) balance += BigInt(amounts[i] as number);
    });
  }
  return balance;
}

/** How many lines there are in all generations, counted up to a bound. */
export function countLinesAcross(state: StoredState, account: Account | undefined, query: LinesNarrowed, countMax: number): Count {
  query satisfies Whole<LinesNarrowed, "startDate" | "endDate" | "knownAt">;
  const { startDate, endDate } = query;
  return acrossGenerations(
    state,
    { knownAt: query.knownAt ?? state.sequence, accounts: account && [account.no] },
    (_, knownThen) => ({
      kind: "line_count",
      account: account?.no ?? null,
      query: { ...(startDate === undefined ? {} : { startDate }), ...(endDate === undefined ? {} : { endDate }), knownAt: knownThen },
      countMax,
    }),
    (answers) => {
      const own = ownLineCount(state, account, query, countMax);
      if (answers.length === 0) return own;
      // One that is capped has one more than it says, at the least.
      const lines = [...answers, own].reduce((sum, { count, capped: isCapped }) => sum + count + (isCapped ? 1 : 0), 0);
      return capped(lines, countMax);
    },
  );
}

/** The same of this generation's own log. */
export function ownLineCount(state: StoredState, account: Account | undefined, query: LinesNarrowed, countMax: number): Count {
  return countLines(state, account, query, filterOf(state, account, query), countMax);
}

function countLines(
  state: StoredState,
  account: Account | undefined,
  query: LinesNarrowed,
  filter: LineFilter,
  countMax = filteredCountMax,
): Count {
  const isWhole = account === undefined && filter.from === firstDay && filter.to === lastDay;
  if (isWhole && query.knownAt === undefined) return { count: state.index.lineCount, capped: false };
  let count = 0;
  for (const source of filter.sources) {
    if (count > countMax) break;
    if (query.knownAt === undefined || source.toSequence <= query.knownAt) count += countRange([source], filter.range);
    else {
      visitRange(source, filter.range, (columns, start, end) => {
        const items = columns[1] as Float64Array;
        for (let i = start; i < end && count <= countMax; i++) if ((items[i] as number) < filter.itemsBelow) count += 1;
      });
    }
  }
  return capped(count, countMax);
}
