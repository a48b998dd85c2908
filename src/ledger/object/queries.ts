import type { AccountType } from "../../kernel/account-type.ts";
import { normalSide } from "../../kernel/account-type.ts";
import { present } from "../../kernel/assert.ts";
import { filteredCountMax } from "../../kernel/bounds.ts";
import { type DayNumber, dateOfDay, parseDay } from "../../kernel/calendar-date.ts";
import { instant } from "../../kernel/clock.ts";
import { failure } from "../../kernel/failures.ts";
import { isUuid } from "../../kernel/id.ts";
import { type Account, normalSign } from "../domain/account.ts";
import { entryById } from "../domain/decide.ts";
import { decodeFact, type EntryPosted, type FactLine } from "../domain/fact.ts";
import type { EntriesQuery, Head, Query, ReadOutcome } from "../rpc.ts";
import { tellEntries } from "./describe.ts";
import { readRows } from "./journal.ts";
import type { StoredState } from "./stored-state.ts";
import { type Sums, sumsAt } from "./sums.ts";
import { externalIdTerm, referenceTerm, sourceTypeTerm } from "./tail.ts";
import { accountView, entryId, lineText, lockView } from "./views.ts";

/** Whether the answer is read from the index tables alone, so that the tail has to be in them first. */
export function needsIndex(query: Query): boolean {
  switch (query.kind) {
    case "lines":
    case "balance_history":
      return true;
    case "entries":
      return query.order === "date" || query.accountId !== undefined || hasFilter(query);
    default:
      return false;
  }
}

function hasFilter(query: EntriesQuery): boolean {
  return (
    query.accountId !== undefined ||
    query.status !== undefined ||
    query.sourceType !== undefined ||
    query.externalId !== undefined ||
    query.reference !== undefined ||
    query.startDate !== undefined ||
    query.endDate !== undefined ||
    query.minAmount !== undefined ||
    query.maxAmount !== undefined
  );
}

const notFound: ReadOutcome = { ok: false, failure: failure("NOT_FOUND", "Nothing with this id exists in the site.") };

function found(body: string): ReadOutcome {
  return { ok: true, body };
}

export function answerQuery(sql: SqlStorage, state: StoredState, head: Head, query: Query): ReadOutcome {
  switch (query.kind) {
    case "balance": {
      const account = accountById(state, query.accountId);
      if (account === undefined) return notFound;
      return found(balanceText(sql, state, account, query.asOf, query.knownAt));
    }
    case "balances":
      return found(balancesText(sql, state, query));
    case "balance_history": {
      const account = accountById(state, query.accountId);
      return account === undefined ? notFound : found(historyText(sql, state, account, query.days, query.knownAt));
    }
    case "lines": {
      const account = query.accountId === undefined ? undefined : accountById(state, query.accountId);
      if (query.accountId !== undefined && account === undefined) return notFound;
      return found(linesText(sql, state, account, query));
    }
    case "entries":
      return entriesOutcome(sql, state, query);
    case "entry": {
      const entry = entryById(state, query.entryId);
      return entry === undefined
        ? notFound
        : found(present(tellEntries(sql, state, [entry.sequence], state.sequence)[0], "the entry can be told"));
    }
    case "account": {
      const account = accountById(state, query.accountId);
      return account === undefined ? notFound : found(JSON.stringify(accountView(state.identity, account)));
    }
    case "accounts": {
      const views = query.accountIds.map((id) => accountById(state, id)).filter((account) => account !== undefined);
      return found(JSON.stringify(views.map((account) => accountView(state.identity, account))));
    }
    case "period_locks":
      return found(JSON.stringify(state.locks.map(lockView)));
    case "totals":
      return found(totalsText(sql, state, query));
    case "head":
      return found(JSON.stringify(head));
  }
}

function accountById(state: StoredState, id: string): Account | undefined {
  if (!isUuid(id)) return undefined;
  const no = state.accountNumber(`i${id}`);
  const account = no === undefined ? undefined : state.account(no);
  return account?.status === "deleted" ? undefined : account;
}

function day(date: string): DayNumber {
  return present(parseDay(date), "the edge has checked that the date exists");
}

const noSums: Sums = { debits: 0n, credits: 0n };

/** Built as text, because turnover passes what a JavaScript number holds and JSON does not mind. */
function balanceText(
  sql: SqlStorage,
  state: StoredState,
  account: Account,
  asOf: string | undefined,
  knownAt: number | undefined,
  sums?: ReadonlyMap<number, Sums>,
): string {
  const now = asOf === undefined && (knownAt === undefined || knownAt >= state.sequence);
  const of = now
    ? account
    : ((sums ?? sumsAt(sql, state, { day: asOf === undefined ? undefined : day(asOf), knownAt }, account.no)).get(account.no) ?? noSums);
  const balance = now ? BigInt(account.balance) : (of.debits - of.credits) * BigInt(normalSign(account.type));
  const pending = asOf === undefined ? `,"pending":{"debits":0,"credits":0}` : "";
  const available = asOf === undefined ? `,"available":${balance}` : "";
  return `{"accountId":"${account.id}","code":${JSON.stringify(account.code)},"type":"${account.type}","currency":"${state.identity.currency}","normalSide":"${normalSide(account.type)}","posted":{"debits":${of.debits},"credits":${of.credits}}${pending},"balance":${balance}${available},"version":${account.version},"sequence":${state.sequence},"asOf":${asOf === undefined ? "null" : `"${asOf}"`},"knownAt":${knownAt ?? "null"}}`;
}

function balancesText(sql: SqlStorage, state: StoredState, query: Extract<Query, { kind: "balances" }>): string {
  const types = query.types === undefined ? null : JSON.stringify(query.types);
  const ids = query.accountIds === undefined ? null : JSON.stringify(query.accountIds);
  const where =
    "status <> 'deleted' AND (?1 IS NULL OR type IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2)))";
  const numbers = sql
    .exec<{ no: number }>(
      query.direction === "desc"
        ? `SELECT no FROM account WHERE ${where} AND (?3 IS NULL OR code < ?3) ORDER BY code DESC LIMIT ?4 OFFSET ?5`
        : `SELECT no FROM account WHERE ${where} AND (?3 IS NULL OR code > ?3) ORDER BY code LIMIT ?4 OFFSET ?5`,
      types,
      ids,
      query.afterCode ?? null,
      query.limit + 1,
      query.offset ?? 0,
    )
    .toArray()
    .map((row) => row.no);
  const total = sql.exec<{ n: number }>(`SELECT count(*) AS n FROM account WHERE ${where}`, types, ids).one().n;
  const page = numbers.slice(0, query.limit).map((no) => present(state.account(no), "the account exists"));
  // Going back by sequence reads the same sums for one account as for all.
  const sums =
    query.knownAt !== undefined && page.length > 1
      ? sumsAt(sql, state, { day: query.asOf === undefined ? undefined : day(query.asOf), knownAt: query.knownAt })
      : undefined;
  const texts = page.map((account) => balanceText(sql, state, account, query.asOf, query.knownAt, sums));
  const after = numbers.length > query.limit ? JSON.stringify(page.at(-1)?.code) : "null";
  return `{"data":[${texts.join(",")}],"totalCount":${total},"after":${after}}`;
}

/** The balance at the end of each of the days, which come in order. */
function historyText(
  sql: SqlStorage,
  state: StoredState,
  account: Account,
  days: readonly DayNumber[],
  knownAt: number | undefined,
): string {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return "[]";
  const opening = sumsAt(sql, state, { day: first, knownAt }, account.no).get(account.no) ?? noSums;
  const sign = BigInt(normalSign(account.type));
  const byDay = sql
    .exec<{ day: number; debits: string; credits: string }>(
      `SELECT day, CAST(sum(iif(amount > 0, amount, 0)) AS TEXT) AS debits, CAST(sum(iif(amount < 0, -amount, 0)) AS TEXT) AS credits
       FROM line WHERE account = ? AND day > ? AND day <= ? AND seq <= ? GROUP BY day ORDER BY day`,
      account.no,
      first,
      last,
      knownAt ?? Number.MAX_SAFE_INTEGER,
    )
    .toArray();
  let { debits, credits } = opening;
  let i = 0;
  const points = days.map((end) => {
    for (let row = byDay[i]; row !== undefined && row.day <= end; row = byDay[++i]) {
      debits += BigInt(row.debits);
      credits += BigInt(row.credits);
    }
    return `{"date":"${dateOfDay(end)}","debits":${debits},"credits":${credits},"balance":${(debits - credits) * sign}}`;
  });
  return `[${points.join(",")}]`;
}

function totalsText(sql: SqlStorage, state: StoredState, query: Extract<Query, { kind: "totals" }>): string {
  const closing = sumsAt(sql, state, { day: query.asOf === undefined ? undefined : day(query.asOf), knownAt: query.knownAt });
  const opening =
    query.before === undefined ? new Map<number, Sums>() : sumsAt(sql, state, { day: day(query.before) - 1, knownAt: query.knownAt });
  const rows: string[] = [];
  type Row = { no: number; id: string; code: string; type: AccountType; name: string };
  for (const row of sql.exec<Row>(
    "SELECT no, id, code, type, description ->> '$.name' AS name FROM account WHERE status <> 'deleted' ORDER BY code",
  )) {
    const end = closing.get(row.no) ?? (query.includeUnused ? noSums : undefined);
    if (end === undefined) continue;
    const start = opening.get(row.no) ?? noSums;
    rows.push(
      `{"accountId":"${row.id}","code":${JSON.stringify(row.code)},"type":"${row.type}","name":${JSON.stringify(row.name)},"openingDebits":"${start.debits}","openingCredits":"${start.credits}","debits":"${end.debits - start.debits}","credits":"${end.credits - start.credits}"}`,
    );
  }
  return `{"sequence":${state.sequence},"accounts":[${rows.join(",")}]}`;
}

interface LineRow {
  readonly account: number;
  readonly day: number;
  readonly seq: number;
  readonly no: number;
}

function linesText(sql: SqlStorage, state: StoredState, account: Account | undefined, query: Extract<Query, { kind: "lines" }>): string {
  const from = query.startDate === undefined ? -1_000_000 : day(query.startDate);
  const to = query.endDate === undefined ? 10_000_000 : day(query.endDate);
  const known = query.knownAt ?? Number.MAX_SAFE_INTEGER;
  const filter = { from, to, known };
  const rows = account === undefined ? ledgerLineRows(sql, query, filter) : accountLineRows(sql, account.no, query, filter);
  const page = rows.slice(0, query.limit);
  const entries = new Map(readRows(sql, [...new Set(page.map((row) => row.seq))]).map((row) => [row.seq, row]));
  const running = account !== undefined && query.order === "date" ? runningBalances(sql, state, account, page, query, known) : undefined;
  const texts = page.map((row, i) => {
    const entry = present(entries.get(row.seq), "a line's entry is in the journal");
    // The index has lines of entries only.
    const fact = decodeFact(entry.body) as EntryPosted;
    const line = present(fact.lines[row.no - 1], "a line has its place in the entry") as FactLine;
    const of = present(state.account(line.account), "a line's account exists");
    const text = lineText(line, row.no, of, state.sequence);
    const header = `"journalEntryId":"${entryId(state.identity, entry.context.atMs, row.seq)}","sequence":${row.seq},"date":"${fact.date}","description":${JSON.stringify(fact.description)},"reference":${JSON.stringify(fact.reference)},"createdAt":"${instant(entry.context.atMs)}"`;
    return `${text.slice(0, -1)},${header}${running ? `,"runningBalance":${running[i]}` : ""}}`;
  });
  const last = page.at(-1);
  const after =
    rows.length > query.limit && last !== undefined
      ? JSON.stringify(query.order === "date" ? `${last.day},${last.account},${last.seq},${last.no}` : `${last.seq},${last.no}`)
      : "null";
  const count = countLines(sql, account?.no, filter);
  return `{"data":[${texts.join(",")}],"totalCount":${count.count}${count.capped ? ',"totalCountCapped":true' : ""},"after":${after}}`;
}

interface LineFilter {
  readonly from: DayNumber;
  readonly to: DayNumber;
  readonly known: number;
}

function accountLineRows(sql: SqlStorage, no: number, query: Extract<Query, { kind: "lines" }>, filter: LineFilter): LineRow[] {
  const asc = query.direction === "asc";
  const after = query.after?.split(",").map(Number);
  const where = "account = ?1 AND day BETWEEN ?2 AND ?3 AND seq <= ?4";
  const base = [no, filter.from, filter.to, filter.known] as const;
  const select = "SELECT account, day, seq, no FROM line WHERE";
  if (query.order === "date") {
    const [d, , s, n] = after ?? (asc ? [-1e7, 0, 0, 0] : [1e8, 0, 0, 0]);
    return sql
      .exec<LineRow & Record<string, SqlStorageValue>>(
        `${select} ${where} AND (day, seq, no) ${asc ? ">" : "<"} (?5, ?6, ?7) ORDER BY ${asc ? "day, seq, no" : "day DESC, seq DESC, no DESC"} LIMIT ?8 OFFSET ?9`,
        ...base,
        d as number,
        s as number,
        n as number,
        query.limit + 1,
        query.offset ?? 0,
      )
      .toArray();
  }
  const [s, n] = after ?? (asc ? [0, 0] : [Number.MAX_SAFE_INTEGER, 0]);
  return sql
    .exec<LineRow & Record<string, SqlStorageValue>>(
      `${select} ${where} AND (seq, no) ${asc ? ">" : "<"} (?5, ?6) ORDER BY ${asc ? "seq, no" : "seq DESC, no DESC"} LIMIT ?7 OFFSET ?8`,
      ...base,
      s as number,
      n as number,
      query.limit + 1,
      query.offset ?? 0,
    )
    .toArray();
}

/** Lines of the whole ledger, through the entries: in order of date or of the log, each entry's lines in their order. */
function ledgerLineRows(sql: SqlStorage, query: Extract<Query, { kind: "lines" }>, filter: LineFilter): LineRow[] {
  const asc = query.direction === "asc";
  const after = query.after?.split(",").map(Number);
  const byDate = query.order === "date";
  const [d, s, n = 0] = byDate ? [after?.[0], after?.[2], after?.[3]] : [undefined, after?.[0], after?.[1]];
  const rows: LineRow[] = [];
  const wanted = query.limit + 1 + (query.offset ?? 0);
  const cursor = byDate
    ? sql.exec<{ day: number; seq: number; body: string }>(
        `SELECT e.day AS day, e.seq AS seq, j.body AS body FROM entry_by_date e JOIN journal j ON j.seq = e.seq
         WHERE e.day BETWEEN ? AND ? AND e.seq <= ? AND (e.day, e.seq) ${asc ? ">=" : "<="} (?, ?) ORDER BY e.day ${asc ? "ASC" : "DESC"}, e.seq ${asc ? "ASC" : "DESC"}`,
        filter.from,
        filter.to,
        filter.known,
        d ?? (asc ? -1e7 : 1e8),
        s ?? (asc ? 0 : Number.MAX_SAFE_INTEGER),
      )
    : sql.exec<{ day: number; seq: number; body: string }>(
        `SELECT 0 AS day, seq, body FROM journal WHERE seq ${asc ? ">=" : "<="} ? AND seq <= ? AND kind = 'entry_posted' ORDER BY seq ${asc ? "ASC" : "DESC"}`,
        s ?? (asc ? 0 : Number.MAX_SAFE_INTEGER),
        filter.known,
      );
  for (const row of cursor) {
    const fact = decodeFact(row.body) as EntryPosted;
    const on = day(fact.date);
    if (on < filter.from || on > filter.to) continue;
    const numbered = fact.lines.map((line, i) => ({ account: line.account, day: on, seq: row.seq, no: i + 1 }));
    for (const line of asc ? numbered : numbered.reverse()) {
      const past = row.seq === s && (!byDate || on === d) && (asc ? line.no <= n : line.no >= n);
      if (!past || after === undefined) rows.push(line);
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
  query: Extract<Query, { kind: "lines" }>,
  known: number,
): bigint[] {
  const ordered = query.direction === "asc" ? page : [...page].reverse();
  const first = ordered[0];
  if (first === undefined) return [];
  const before = sumsAt(sql, state, { day: first.day - 1, knownAt: query.knownAt }, account.no).get(account.no) ?? noSums;
  const sameDay = sql
    .exec<{ sum: string }>(
      "SELECT CAST(coalesce(sum(amount), 0) AS TEXT) AS sum FROM line WHERE account = ? AND day = ? AND seq <= ? AND (seq, no) < (?, ?)",
      account.no,
      first.day,
      known,
      first.seq,
      first.no,
    )
    .one().sum;
  const amounts = new Map<string, number>();
  for (const row of sql.exec<{ seq: number; no: number; amount: number }>(
    "SELECT l.seq AS seq, l.no AS no, l.amount AS amount FROM json_each(?) p JOIN line l ON l.account = ? AND l.day = p.value ->> 0 AND l.seq = p.value ->> 1 AND l.no = p.value ->> 2",
    JSON.stringify(ordered.map((row) => [row.day, row.seq, row.no])),
    account.no,
  )) {
    amounts.set(`${row.seq},${row.no}`, row.amount);
  }
  const sign = BigInt(normalSign(account.type));
  let balance = before.debits - before.credits + BigInt(sameDay);
  const balances = ordered.map((row) => {
    balance += BigInt(present(amounts.get(`${row.seq},${row.no}`), "the line is in the index"));
    return balance * sign;
  });
  return query.direction === "asc" ? balances : balances.reverse();
}

interface Count {
  readonly count: number;
  readonly capped: boolean;
}

function capped(count: number): Count {
  return count > filteredCountMax ? { count: filteredCountMax, capped: true } : { count, capped: false };
}

function countLines(sql: SqlStorage, account: number | undefined, filter: LineFilter): Count {
  if (account === undefined) {
    // Every entry has two lines or more; the sum of the counts of the month cells is exact where no range asks for less.
    const whole = filter.from <= -1_000_000 && filter.to >= 10_000_000 && filter.known === Number.MAX_SAFE_INTEGER;
    if (whole) return { count: sql.exec<{ n: number }>("SELECT coalesce(sum(lines), 0) AS n FROM account_month").one().n, capped: false };
    return capped(
      sql
        .exec<{ n: number }>(
          "SELECT count(*) AS n FROM (SELECT 1 FROM entry_by_date e JOIN journal j ON j.seq = e.seq JOIN json_each(j.body, '$.lines') WHERE e.day BETWEEN ? AND ? AND e.seq <= ? LIMIT ?)",
          filter.from,
          filter.to,
          filter.known,
          filteredCountMax + 1,
        )
        .one().n,
    );
  }
  return capped(
    sql
      .exec<{ n: number }>(
        "SELECT count(*) AS n FROM (SELECT 1 FROM line WHERE account = ? AND day BETWEEN ? AND ? AND seq <= ? LIMIT ?)",
        account,
        filter.from,
        filter.to,
        filter.known,
        filteredCountMax + 1,
      )
      .one().n,
  );
}

/**
 * A page of entries. The narrowest index drives: external id or reference, then the account's lines, then the dates, else the log itself.
 * The rest of the filters are conditions on the rows that it brings.
 */
function entriesOutcome(sql: SqlStorage, state: StoredState, query: EntriesQuery): ReadOutcome {
  const asc = query.direction === "asc";
  const conditions: string[] = [];
  const bindings: SqlStorageValue[] = [];
  const bind = (value: SqlStorageValue): string => {
    bindings.push(value);
    return `?${bindings.length}`;
  };
  let from = "journal j";
  let dayColumn = "(unixepoch(j.body ->> '$.date') / 86400)";
  let seqColumn = "j.seq";
  const amount = "(SELECT sum(max(l.value ->> 1, 0)) FROM json_each(j.body, '$.lines') l)";
  const hash =
    query.externalId !== undefined
      ? externalIdTerm(query.externalId)
      : query.reference !== undefined
        ? referenceTerm(query.reference)
        : undefined;
  const byDate = query.order === "date" || query.startDate !== undefined || query.endDate !== undefined;
  if (hash !== undefined) {
    from = `entry_term t CROSS JOIN journal j ON j.seq = t.seq`;
    conditions.push(`t.hash = ${bind(hash)}`);
  } else if (query.accountId !== undefined) {
    const account = accountById(state, query.accountId);
    if (account === undefined)
      return {
        ok: false,
        failure: failure("REFERENCE_NOT_FOUND", "The ledger has no account with this accountId.", [
          { pointer: "accountId", code: "REFERENCE_NOT_FOUND", message: "Unknown account." },
        ]),
      };
    from = `(SELECT DISTINCT day, seq FROM line WHERE account = ${bind(account.no)} AND day BETWEEN ${bind(query.startDate === undefined ? -1_000_000 : day(query.startDate))} AND ${bind(query.endDate === undefined ? 10_000_000 : day(query.endDate))}) x CROSS JOIN journal j ON j.seq = x.seq`;
    dayColumn = "x.day";
    seqColumn = "x.seq";
  } else if (query.sourceType !== undefined && query.sourceType !== "api") {
    from = `entry_term t CROSS JOIN journal j ON j.seq = t.seq`;
    conditions.push(`t.hash = ${bind(sourceTypeTerm(query.sourceType))}`);
  } else if (byDate) {
    from = "entry_by_date e CROSS JOIN journal j ON j.seq = e.seq";
    dayColumn = "e.day";
    seqColumn = "e.seq";
    if (query.minAmount !== undefined) conditions.push(`e.amount >= ${bind(query.minAmount)}`);
    if (query.maxAmount !== undefined) conditions.push(`e.amount <= ${bind(query.maxAmount)}`);
  }
  conditions.push("j.kind = 'entry_posted'");
  if (query.startDate !== undefined) conditions.push(`${dayColumn} >= ${bind(day(query.startDate))}`);
  if (query.endDate !== undefined) conditions.push(`${dayColumn} <= ${bind(day(query.endDate))}`);
  if (query.externalId !== undefined) conditions.push(`j.body ->> '$.externalId' = ${bind(query.externalId)}`);
  if (query.reference !== undefined) conditions.push(`j.body ->> '$.reference' = ${bind(query.reference)}`);
  if (query.sourceType !== undefined) conditions.push(`j.source_type = ${bind(query.sourceType)}`);
  if (dayColumn !== "e.day") {
    if (query.minAmount !== undefined) conditions.push(`${amount} >= ${bind(query.minAmount)}`);
    if (query.maxAmount !== undefined) conditions.push(`${amount} <= ${bind(query.maxAmount)}`);
  }
  if (query.status === "posted") conditions.push("NOT EXISTS (SELECT 1 FROM reversal r WHERE r.original = j.seq)");
  if (query.status === "reversed" || query.status === "voided")
    conditions.push(`EXISTS (SELECT 1 FROM reversal r WHERE r.original = j.seq AND r.void = ${query.status === "voided" ? 1 : 0})`);
  const counted: Count = hasFilter(query)
    ? capped(
        sql
          .exec<{ n: number }>(
            `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${conditions.join(" AND ")} LIMIT ${filteredCountMax + 1})`,
            ...bindings,
          )
          .one().n,
      )
    : { count: state.entryCount, capped: false };
  if (query.after !== undefined) {
    const [a, b] = query.after.split(",").map(Number);
    const sign = asc ? ">" : "<";
    conditions.push(
      query.order === "date"
        ? `(${dayColumn}, ${seqColumn}) ${sign} (${bind(a ?? 0)}, ${bind(b ?? 0)})`
        : `${seqColumn} ${sign} ${bind(a ?? 0)}`,
    );
  }
  const direction = asc ? "ASC" : "DESC";
  const order = query.order === "date" ? `${dayColumn} ${direction}, ${seqColumn} ${direction}` : `${seqColumn} ${direction}`;
  const rows = sql
    .exec<{ seq: number; day: number }>(
      `SELECT j.seq AS seq, ${query.order === "date" ? dayColumn : "0"} AS day FROM ${from} WHERE ${conditions.join(" AND ")} ORDER BY ${order} LIMIT ${bind(query.limit + 1)} OFFSET ${bind(query.offset ?? 0)}`,
      ...bindings,
    )
    .toArray();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const after =
    rows.length > query.limit && last !== undefined
      ? JSON.stringify(query.order === "date" ? `${last.day},${last.seq}` : String(last.seq))
      : "null";
  const texts = tellEntries(
    sql,
    state,
    page.map((row) => row.seq),
    state.sequence,
  );
  return found(
    `{"data":[${texts.join(",")}],"totalCount":${counted.count}${counted.capped ? ',"totalCountCapped":true' : ""},"after":${after}}`,
  );
}
