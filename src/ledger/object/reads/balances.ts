import { normalSide } from "../../../kernel/account-type.ts";
import { present } from "../../../kernel/assert.ts";
import { filteredCountMax } from "../../../kernel/bounds.ts";
import { dayOf } from "../../../kernel/calendar-date.ts";
import type { Whole } from "../../../kernel/whole.ts";
import { type Account, creditsOf, debitsOf, normalSign } from "../../domain/account.ts";
import type { Query, ReadOutcome } from "../../rpc.ts";
import { type Count, capped } from "../state/counts.ts";
import { accountById, type StoredState } from "../state/stored-state.ts";
import { pageOutcome } from "./page-outcome.ts";
import { type Sums, sumsAt } from "./sums.ts";
import { pendingAt } from "./unposted-lists.ts";

type BalancesQuery = Extract<Query, { kind: "balances" }>;

export const noSums: Sums = { debits: 0n, credits: 0n };

/** Built as text, because turnover passes what a JavaScript number holds and JSON does not mind. */
export function balanceText(
  sql: SqlStorage,
  state: StoredState,
  account: Account,
  asOf: string | undefined,
  knownAt: number | undefined,
  sums?: ReadonlyMap<number, Sums>,
): string {
  const now = asOf === undefined && (knownAt === undefined || knownAt >= state.sequence);
  const posted = now
    ? { debits: debitsOf(account), credits: creditsOf(account) }
    : ((sums ?? sumsAt(sql, state, { day: asOf === undefined ? undefined : dayOf(asOf), knownAt }, [account.no])).get(account.no) ??
      noSums);
  const balance = now ? BigInt(account.balance) : (posted.debits - posted.credits) * BigInt(normalSign(account.type));
  let holds = "";
  let available = "";
  if (asOf === undefined) {
    const pending = now
      ? { debits: account.pendingDebits, credits: account.pendingCredits }
      : pendingAt(sql, state, account.no, knownAt ?? state.sequence);
    const out = normalSide(account.type) === "debit" ? pending.credits : pending.debits;
    holds = `,"pending":{"debits":${pending.debits},"credits":${pending.credits}}`;
    available = `,"available":${balance - BigInt(out)}`;
  }
  return `{"accountId":"${account.id}","code":${JSON.stringify(account.code)},"type":"${account.type}","currency":"${state.identity.currency}","normalSide":"${normalSide(account.type)}","posted":{"debits":${posted.debits},"credits":${posted.credits}}${holds},"balance":${balance}${available},"version":${account.version},"sequence":${state.sequence},"asOf":${asOf === undefined ? "null" : `"${asOf}"`},"knownAt":${knownAt ?? "null"}}`;
}

/** A page of balances, by the accounts' codes. */
export function balancesOutcome(sql: SqlStorage, state: StoredState, query: BalancesQuery): ReadOutcome {
  query satisfies Whole<
    BalancesQuery,
    "accountIds" | "types" | "asOf" | "knownAt" | "kind" | "direction" | "afterCode" | "offset" | "limit"
  >;
  const { accounts, count } = accountsOf(sql, state, query);
  const page = accounts.slice(0, query.limit);
  // Together they cost one pass over what is in memory.
  const point = { day: query.asOf === undefined ? undefined : dayOf(query.asOf), knownAt: query.knownAt };
  const isPast = query.asOf !== undefined || query.knownAt !== undefined;
  const numbers = page.map(({ no }) => no);
  const sums = isPast && page.length > 0 ? sumsAt(sql, state, point, numbers) : undefined;
  const texts = page.map((account) => balanceText(sql, state, account, query.asOf, query.knownAt, sums));
  const after = accounts.length > query.limit ? (page.at(-1)?.code ?? null) : null;
  return pageOutcome(texts, count, after);
}

/** The accounts of a page and one more, and how many there are of all pages. */
function accountsOf(
  sql: SqlStorage,
  state: StoredState,
  query: BalancesQuery,
): { readonly accounts: readonly Account[]; readonly count: Count } {
  if (query.accountIds !== undefined) return namedAccounts(sql, state, query, query.accountIds);
  if (query.types !== undefined) return accountsOfTypes(sql, state, query, query.types);
  const offset = query.offset ?? 0;
  const statement =
    query.direction === "desc"
      ? "SELECT no FROM account WHERE status <> 'deleted' AND (?1 IS NULL OR code < ?1) ORDER BY code DESC LIMIT ?2 OFFSET ?3"
      : "SELECT no FROM account WHERE status <> 'deleted' AND (?1 IS NULL OR code > ?1) ORDER BY code LIMIT ?2 OFFSET ?3";
  const rows = sql.exec<{ no: number }>(statement, query.afterCode ?? null, query.limit + 1, offset).toArray();
  return { accounts: rows.map(({ no }) => accountOf(state, no)), count: { count: state.accountCount, capped: false } };
}

/** An id leads to its account, and a query names few. */
function namedAccounts(sql: SqlStorage, state: StoredState, query: BalancesQuery, ids: readonly string[]) {
  const { types } = query;
  const named = new Set<number>();
  for (const id of ids) {
    const account = accountById(state, id);
    if (account !== undefined && (types === undefined || types.includes(account.type))) named.add(account.no);
  }
  return { accounts: pageAmong(sql, state, query, [...named]), count: { count: named.size, capped: false } };
}

/** Each type has its accounts in the order of their codes: the first of each together hold the first of all. */
function accountsOfTypes(sql: SqlStorage, state: StoredState, query: BalancesQuery, types: readonly string[]) {
  const wanted = (query.offset ?? 0) + query.limit + 1;
  const statement =
    query.direction === "desc"
      ? "SELECT no FROM account WHERE status <> 'deleted' AND type = ?1 AND (?2 IS NULL OR code < ?2) ORDER BY code DESC LIMIT ?3"
      : "SELECT no FROM account WHERE status <> 'deleted' AND type = ?1 AND (?2 IS NULL OR code > ?2) ORDER BY code LIMIT ?3";
  const counting = "SELECT count(*) AS n FROM (SELECT 1 FROM account WHERE status <> 'deleted' AND type = ? LIMIT ?)";
  const found: number[] = [];
  let count = 0;
  for (const type of new Set(types)) {
    for (const { no } of sql.exec<{ no: number }>(statement, type, query.afterCode ?? null, wanted).toArray()) found.push(no);
    count += sql.exec<{ n: number }>(counting, type, filteredCountMax + 1).one().n;
  }
  return { accounts: pageAmong(sql, state, query, found), count: capped(count) };
}

/** In the order of the database, which is that of the codes' bytes. */
function pageAmong(sql: SqlStorage, state: StoredState, query: BalancesQuery, numbers: readonly number[]): Account[] {
  const { direction, afterCode = null, offset = 0, limit } = query;
  const statement =
    direction === "desc"
      ? "SELECT no FROM account WHERE no IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR code < ?2) ORDER BY code DESC LIMIT ?3 OFFSET ?4"
      : "SELECT no FROM account WHERE no IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR code > ?2) ORDER BY code LIMIT ?3 OFFSET ?4";
  const rows = sql.exec<{ no: number }>(statement, JSON.stringify(numbers), afterCode, limit + 1, offset).toArray();
  return rows.map(({ no }) => accountOf(state, no));
}

function accountOf(state: StoredState, no: number): Account {
  return present(state.account(no), "the account exists");
}
