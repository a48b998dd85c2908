import { present } from "../../kernel/assert.ts";
import { filteredCountMax } from "../../kernel/bounds.ts";
import { type DayNumber, firstDay, lastDay, parseDay } from "../../kernel/calendar-date.ts";
import { instant } from "../../kernel/clock.ts";
import { type Account, normalSign } from "../domain/account.ts";
import { decodeFact, type EntryPosted, type FactLine } from "../domain/fact.ts";
import type { Query } from "../rpc.ts";
import { type Count, capped } from "./counts.ts";
import { readRows } from "./journal.ts";
import { isEntry, lineAccount, lineDay, lineItem, lineNumber, linePlace, lineSequence } from "./schema.ts";
import type { StoredState } from "./stored-state.ts";
import { sumsAt } from "./sums.ts";
import { entryId, lineText } from "./views.ts";

type LinesQuery = Extract<Query, { kind: "lines" }>;

type LineRow = { readonly account: number; readonly day: number; readonly seq: number; readonly no: number; readonly amount: number };

/** What narrows the list: days, both inclusive, and the first item that is not known yet. */
interface LineFilter {
  readonly from: DayNumber;
  readonly to: DayNumber;
  readonly itemsBelow: number;
  readonly knownAt: number | undefined;
}

export function itemsUpTo(knownAt: number | undefined): number {
  return knownAt === undefined ? Number.MAX_SAFE_INTEGER : lineItem(knownAt + 1, 0);
}

function dayOf(date: string): DayNumber {
  return present(parseDay(date), "a date that was checked exists");
}

/** A page of lines: of one account, by date with a running balance or in the order of the log; or of the whole ledger. */
export function linesText(sql: SqlStorage, state: StoredState, account: Account | undefined, query: LinesQuery): string {
  const filter: LineFilter = {
    from: query.startDate === undefined ? firstDay : dayOf(query.startDate),
    to: query.endDate === undefined ? lastDay : dayOf(query.endDate),
    itemsBelow: itemsUpTo(query.knownAt),
    knownAt: query.knownAt,
  };
  const rows = account === undefined ? ledgerLineRows(sql, query, filter) : accountLineRows(sql, account.no, query, filter);
  const page = rows.slice(0, query.limit);
  const entries = new Map(readRows(sql, [...new Set(page.map((row) => row.seq))]).map((row) => [row.seq, row]));
  const running = account !== undefined && query.order === "date" ? runningBalances(sql, state, account, page, query, filter) : undefined;
  const texts = page.map((row, i) => {
    const entry = present(entries.get(row.seq), "a line's entry is in the journal");
    // The index has lines of entries only.
    const fact = decodeFact(entry.body) as EntryPosted;
    const line: FactLine = present(fact.lines[row.no - 1], "a line has its place in the entry");
    const of = present(state.account(line.account), "a line's account exists");
    const text = lineText(line, row.no, of, state.sequence);
    const header = `"journalEntryId":"${entryId(state.identity, entry.context.atMs, row.seq)}","sequence":${row.seq},"date":"${fact.date}","description":${JSON.stringify(fact.description)},"reference":${JSON.stringify(fact.reference)},"createdAt":"${instant(entry.context.atMs)}"`;
    return `${text.slice(0, -1)},${header}${running ? `,"runningBalance":${running[i]}` : ""}}`;
  });
  const last = page.at(-1);
  const after = rows.length > query.limit && last !== undefined ? JSON.stringify(positionOf(last, query)) : "null";
  const count = countLines(sql, account?.no, filter);
  return `{"data":[${texts.join(",")}],"totalCount":${count.count}${count.capped ? ',"totalCountCapped":true' : ""},"after":${after}}`;
}

/** Where a page ends: by date the line's place and item, by sequence its item. A ledger's list has no use for the account in the place. */
function positionOf(row: LineRow, query: LinesQuery): string {
  const item = lineItem(row.seq, row.no);
  if (query.order === "sequence") return String(item);
  return `${linePlace(query.accountId === undefined ? 0 : row.account, row.day)},${item}`;
}

function positionAfter(query: LinesQuery): readonly number[] | undefined {
  return query.after?.split(",").map(Number);
}

const columns = `${lineAccount} AS account, ${lineDay} AS day, ${lineSequence} AS seq, ${lineNumber} AS no, amount`;

function accountLineRows(sql: SqlStorage, no: number, query: LinesQuery, filter: LineFilter): LineRow[] {
  const asc = query.direction === "asc";
  const position = positionAfter(query);
  const range = [linePlace(no, filter.from), linePlace(no, filter.to), filter.itemsBelow] as const;
  const where = `SELECT ${columns} FROM line WHERE place BETWEEN ?1 AND ?2 AND item < ?3 AND`;
  const [beyond, order] = asc ? [">", "ASC"] : ["<", "DESC"];
  const furthest = asc ? -1 : Number.MAX_SAFE_INTEGER;
  if (query.order === "date") {
    return sql
      .exec<LineRow>(
        `${where} (place, item) ${beyond} (?4, ?5) ORDER BY place ${order}, item ${order} LIMIT ?6 OFFSET ?7`,
        ...range,
        position?.[0] ?? furthest,
        position?.[1] ?? furthest,
        query.limit + 1,
        query.offset ?? 0,
      )
      .toArray();
  }
  return sql
    .exec<LineRow>(
      `${where} item ${beyond} ?4 ORDER BY item ${order} LIMIT ?5 OFFSET ?6`,
      ...range,
      position?.[0] ?? furthest,
      query.limit + 1,
      query.offset ?? 0,
    )
    .toArray();
}

/** Lines of the whole ledger, through the entries: in order of date or of the log, each entry's lines in their order. */
function ledgerLineRows(sql: SqlStorage, query: LinesQuery, filter: LineFilter): LineRow[] {
  const asc = query.direction === "asc";
  const byDate = query.order === "date";
  const position = positionAfter(query);
  const item = position?.[byDate ? 1 : 0];
  const fromSequence = item === undefined ? undefined : Math.floor(item / lineItem(1, 0));
  const wanted = query.limit + 1 + (query.offset ?? 0);
  const [from, order] = asc ? [">=", "ASC"] : ["<=", "DESC"];
  const furthest = asc ? -1_000_000 : Number.MAX_SAFE_INTEGER;
  const knownAt = filter.knownAt ?? Number.MAX_SAFE_INTEGER;
  type Row = { seq: number; body: string };
  const cursor = byDate
    ? sql.exec<Row>(
        `SELECT e.seq AS seq, j.body AS body FROM entry_by_date e CROSS JOIN journal j ON j.seq = e.seq
         WHERE e.day BETWEEN ? AND ? AND e.seq <= ? AND (e.day, e.seq) ${from} (?, ?) ORDER BY e.day ${order}, e.seq ${order}`,
        filter.from,
        filter.to,
        knownAt,
        position?.[0] === undefined ? furthest : position[0] - linePlace(0, 0),
        fromSequence ?? furthest,
      )
    : sql.exec<Row>(
        `SELECT j.seq AS seq, j.body AS body FROM journal j WHERE j.seq ${from} ? AND j.seq <= ? AND ${isEntry} ORDER BY j.seq ${order}`,
        fromSequence ?? furthest,
        knownAt,
      );
  const rows: LineRow[] = [];
  for (const row of cursor) {
    const fact = decodeFact(row.body) as EntryPosted;
    const day = dayOf(fact.date);
    if (day < filter.from || day > filter.to) continue;
    const numbered = fact.lines.map((line, i) => ({ account: line.account, day, seq: row.seq, no: i + 1, amount: line.amount }));
    for (const line of asc ? numbered : numbered.reverse()) {
      const at = lineItem(line.seq, line.no);
      if (item === undefined || row.seq !== fromSequence || (asc ? at > item : at < item)) rows.push(line);
    }
    if (rows.length >= wanted) break;
  }
  return rows.slice(query.offset ?? 0, wanted);
}

/** The balance on the normal side after each line of a page in date order, whichever way the page runs. */
function runningBalances(
  sql: SqlStorage,
  state: StoredState,
  account: Account,
  page: readonly LineRow[],
  query: LinesQuery,
  filter: LineFilter,
): bigint[] {
  const ordered = query.direction === "asc" ? page : [...page].reverse();
  const first = ordered[0];
  if (first === undefined) return [];
  const before = sumsAt(sql, state, { day: first.day - 1, knownAt: query.knownAt }, account.no).get(account.no);
  const sameDay = sql
    .exec<{ sum: string }>(
      "SELECT CAST(coalesce(sum(amount), 0) AS TEXT) AS sum FROM line WHERE place = ? AND item < ? AND item < ?",
      linePlace(account.no, first.day),
      lineItem(first.seq, first.no),
      filter.itemsBelow,
    )
    .one().sum;
  const sign = BigInt(normalSign(account.type));
  let balance = (before?.debits ?? 0n) - (before?.credits ?? 0n) + BigInt(sameDay);
  const balances = ordered.map((row) => {
    balance += BigInt(row.amount);
    return balance * sign;
  });
  return query.direction === "asc" ? balances : balances.reverse();
}

function countLines(sql: SqlStorage, account: number | undefined, filter: LineFilter): Count {
  const unfiltered = filter.from === firstDay && filter.to === lastDay && filter.knownAt === undefined;
  if (account === undefined && unfiltered) {
    return { count: sql.exec<{ n: number }>("SELECT coalesce(sum(lines), 0) AS n FROM account_month").one().n, capped: false };
  }
  const rows =
    account === undefined
      ? sql.exec<{ n: number }>(
          `SELECT count(*) AS n FROM (SELECT 1 FROM entry_by_date e CROSS JOIN journal j ON j.seq = e.seq JOIN json_each(j.body, '$.lines')
           WHERE e.day BETWEEN ? AND ? AND e.seq <= ? LIMIT ?)`,
          filter.from,
          filter.to,
          filter.knownAt ?? Number.MAX_SAFE_INTEGER,
          filteredCountMax + 1,
        )
      : sql.exec<{ n: number }>(
          "SELECT count(*) AS n FROM (SELECT 1 FROM line WHERE place BETWEEN ? AND ? AND item < ? LIMIT ?)",
          linePlace(account, filter.from),
          linePlace(account, filter.to),
          filter.itemsBelow,
          filteredCountMax + 1,
        );
  return capped(rows.one().n);
}
