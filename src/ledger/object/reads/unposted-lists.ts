/** Lists of drafts and holds, from their own tables. */
import { present } from "../../../kernel/assert.ts";
import { filteredCountMax } from "../../../kernel/bounds.ts";
import { dayOf } from "../../../kernel/calendar-date.ts";
import { applied, type FilterRows, isUnfiltered } from "../../../kernel/filter-rows.ts";
import type { Account } from "../../domain/account.ts";
import type { EntriesFilter, EntriesQuery, HoldsFilter, HoldsQuery, ListPaging, ReadOutcome } from "../../rpc.ts";
import { type Described, describedView } from "../answers/described.ts";
import { describingOf } from "../answers/describing.ts";
import { draftView, holdView } from "../answers/unposted-views.ts";
import { acrossGenerations } from "../state/across-generations.ts";
import { type Count, capped, fromStart, mergedPage } from "../state/counts.ts";
import type { ListPosition, PositionsPage } from "../state/earlier.ts";
import { dayKey, dayOfKey } from "../state/record-keys.ts";
import { accountById, type StoredState } from "../state/stored-state.ts";
import { pageOutcome } from "./page-outcome.ts";

/** A row's place in a list: its day, and its number. */
interface UnpostedPosition {
  readonly day: number;
  readonly seq: number;
}

interface Filters {
  readonly where: readonly string[];
  readonly bindings: readonly SqlStorageValue[];
}

type Table = "draft" | "hold";

/** The places of a page and one more, and how many there are of all pages. */
function pageOf(
  sql: SqlStorage,
  table: Table,
  filters: Filters,
  isWhole: boolean,
  paging: ListPaging,
): { readonly places: readonly UnpostedPosition[]; readonly count: Count } {
  const { order, direction, after, offset = 0, limit } = paging;
  const [first = 0, second = 0] = after?.split(",").map(Number) ?? [];
  const later = direction === "asc" ? ">" : "<";
  const beyond = after === undefined ? [] : order === "date" ? [`(t.day, t.no) ${later} (?, ?)`] : [`t.no ${later} ?`];
  const position = after === undefined ? [] : order === "date" ? [dayOfKey(first), second] : [first];
  const way = direction === "asc" ? "ASC" : "DESC";
  const by = order === "date" ? `t.day ${way}, t.no ${way}` : `t.no ${way}`;
  const places = sql
    .exec<{ no: number; day: number }>(
      `SELECT t.no AS no, t.day AS day FROM ${table} t WHERE ${[...filters.where, ...beyond].join(" AND ")} ORDER BY ${by} LIMIT ? OFFSET ?`,
      ...filters.bindings,
      ...position,
      limit + 1,
      offset,
    )
    .toArray()
    .map(({ no, day }) => ({ day: dayKey(day), seq: no }));
  const counted = sql
    .exec<{ n: number }>(
      `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} t WHERE ${filters.where.join(" AND ")} LIMIT ?)`,
      ...filters.bindings,
      isWhole ? -1 : filteredCountMax + 1,
    )
    .one().n;
  return { places, count: isWhole ? { count: counted, capped: false } : capped(counted) };
}

/** A condition of SQL with its bindings. */
type Where = readonly [sql: string, ...bindings: SqlStorageValue[]];
type WhereRows<F> = FilterRows<F, Account | undefined, Where>;

/** What holds of all rows, and what the filters that are given ask of them. */
function wheresOf<F extends object>(always: readonly string[], rows: WhereRows<F>, filter: F, account: Account | undefined): Filters {
  const asked = applied(rows, filter, account);
  return { where: [...always, ...asked.map(([sql]) => sql)], bindings: asked.flatMap(([, ...bindings]) => bindings) };
}

const draftFilters: WhereRows<EntriesFilter> = {
  status: (status) => ["t.status = ?", status],
  startDate: (date) => ["t.day >= ?", dayOf(date)],
  endDate: (date) => ["t.day <= ?", dayOf(date)],
  externalId: (id) => ["t.external_id = ?", id],
  reference: (reference) => ["t.reference = ?", reference],
  sourceType: (type) => ["t.source_type = ?", type],
  minAmount: (min) => ["t.amount >= ?", min],
  maxAmount: (max) => ["t.amount <= ?", max],
  accountId: (_id, account) => ["t.no IN (SELECT a.draft FROM draft_account a WHERE a.account = ?)", account?.no ?? null],
  postedOnly: (isOn) => [isOn ? "false" : "true"],
};

const holdFilters: WhereRows<HoldsFilter> = {
  status: (status) => ["t.status = ?", status],
  groupId: (id) => ["t.group_id = ?", id],
  externalId: (id) => ["t.external_id = ?", id],
  startDate: (date) => ["t.day >= ?", dayOf(date)],
  endDate: (date) => ["t.day <= ?", dayOf(date)],
  accountId: (_id, account) => ["t.no IN (SELECT a.hold FROM hold_account a WHERE a.account = ?)", account?.no ?? null],
};

/** The drafts that a list of entries has, voided ones among them. */
export function draftPositions(sql: SqlStorage, state: StoredState, account: Account | undefined, query: EntriesQuery): PositionsPage {
  const always = ["t.status <> 'posted'", ...(state.isBehind ? ["t.status = 'voided'"] : [])];
  return pageOf(sql, "draft", wheresOf(always, draftFilters, query, account), isUnfiltered(draftFilters, query), query);
}

/** Drafts by their numbers, each as it stands. */
export function describeDrafts(state: StoredState, numbers: readonly number[]): ReadonlyMap<number, Described> {
  state.prepare(numbers);
  const drafts = numbers.map((no) => present(state.draft(no), "a listed draft exists"));
  state.prepare(drafts.flatMap(({ content }) => [content.reversalOf, content.hold]));
  const describing = describingOf(state, state.sequence);
  return new Map(
    drafts.map(({ no, savedSequence }) => {
      const { fact } = describing.row(savedSequence);
      if (fact.kind !== "draft_saved") throw new Error("assertion failed: a draft names its last version");
      return [no, describedView(draftView(describing, savedSequence, fact))];
    }),
  );
}

/** The places of holds of this generation: its own, and those that it began with. */
export function holdPositions(sql: SqlStorage, state: StoredState, account: Account | undefined, query: HoldsQuery): PositionsPage {
  const always = state.isBehind ? ["t.status <> 'open'"] : ["true"];
  return pageOf(sql, "hold", wheresOf(always, holdFilters, query, account), isUnfiltered(holdFilters, query), query);
}

/** The same of all generations: a hold is listed by the one in which it has its state. */
function holdPositionsAcross(sql: SqlStorage, state: StoredState, account: Account | undefined, query: HoldsQuery): PositionsPage {
  const whole = fromStart(query);
  const sign = query.direction === "asc" ? 1 : -1;
  const byDate = query.order === "date";
  return acrossGenerations(
    state,
    { knownAt: state.sequence, accounts: account && [account.no] },
    () => ({ kind: "hold_places", account: account?.no ?? null, query: whole }),
    (answers) => {
      if (answers.length === 0) return holdPositions(sql, state, account, query);
      return mergedPositions(
        [...answers, holdPositions(sql, state, account, whole)],
        query,
        (x, y) => ((byDate ? x.day - y.day : 0) || x.seq - y.seq) * sign,
        isUnfiltered(holdFilters, query),
      );
    },
  );
}

/** The pages of several lists of entries or holds as one. */
export function mergedPositions(
  pages: readonly PositionsPage[],
  paging: { readonly offset?: number; readonly limit: number },
  compare: (x: ListPosition, y: ListPosition) => number,
  isExact: boolean,
): PositionsPage {
  const { items, count } = mergedPage(
    pages.map(({ places, count }) => ({ items: places, count })),
    paging,
    compare,
    isExact,
  );
  return { places: items, count };
}

/** A page of holds. */
export function holdsOutcome(sql: SqlStorage, state: StoredState, query: HoldsQuery, unknownAccount: ReadOutcome): ReadOutcome {
  const account = query.accountId === undefined ? undefined : accountById(state, query.accountId);
  if (query.accountId !== undefined && account === undefined) return unknownAccount;
  const { places, count } = holdPositionsAcross(sql, state, account, query);
  const page = places.slice(0, query.limit);
  state.prepare(page.map(({ seq }) => seq));
  const describing = describingOf(state, state.sequence);
  const last = page.at(-1);
  const after = places.length > query.limit && last !== undefined ? positionText(query.order, last) : null;
  const texts = page.map(({ seq }) => JSON.stringify(holdView(describing, seq)));
  return pageOutcome(texts, count, after);
}

/** Where a page ended. */
export function positionText(order: "sequence" | "date", { day, seq }: UnpostedPosition): string {
  return order === "date" ? `${day},${seq}` : String(seq);
}

/** What open holds held on an account, as known at a sequence. */
export function pendingAt(sql: SqlStorage, state: StoredState, account: number, knownAt: number): Pending {
  // Known at a sequence: by the generation that had it.
  const generation = state.earlier.generations.find(({ firstSequence: from, lastSequence: to }) => from <= knownAt && knownAt <= to);
  if (generation === undefined) return ownPendingAt(sql, account, knownAt);
  if (account > generation.lastSequence) return { debits: 0, credits: 0 };
  const [answer] = state.earlier.ask<"pending">([generation], () => ({ kind: "pending", account, knownAt }));
  return present(answer, "a question has its answer");
}

interface Pending {
  readonly debits: number;
  readonly credits: number;
}

export function ownPendingAt(sql: SqlStorage, account: number, knownAt: number): Pending {
  return sql
    .exec<{ debits: number; credits: number }>(
      `SELECT coalesce(sum(a.debits), 0) AS debits, coalesce(sum(a.credits), 0) AS credits
       FROM hold_account a JOIN hold h ON h.no = a.hold WHERE a.account = ?1 AND a.hold <= ?2 AND (h.resolved IS NULL OR h.resolved > ?2)`,
      account,
      knownAt,
    )
    .one();
}
