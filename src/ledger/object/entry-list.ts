import { present } from "../../kernel/assert.ts";
import { filteredCountMax } from "../../kernel/bounds.ts";
import { type DayNumber, parseDay } from "../../kernel/calendar-date.ts";
import { failure } from "../../kernel/failures.ts";
import type { EntriesQuery, ReadOutcome } from "../rpc.ts";
import { type Count, capped } from "./counts.ts";
import { tellEntries } from "./describe.ts";
import { firstDay, isEntry, lastDay, lineDay, linePlace, lineSequence } from "./schema.ts";
import { accountById, type StoredState } from "./stored-state.ts";
import { externalIdTerm, referenceTerm, sourceTypeTerm } from "./tail.ts";

/** Whether anything narrows the list: its page then comes from the index. */
export function hasFilter(query: EntriesQuery): boolean {
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

function dayOf(date: string): DayNumber {
  return present(parseDay(date), "the edge has checked that the date exists");
}

const unknownAccount: ReadOutcome = {
  ok: false,
  failure: failure("REFERENCE_NOT_FOUND", "The ledger has no account with this accountId.", [
    { pointer: "accountId", code: "REFERENCE_NOT_FOUND", message: "Unknown account." },
  ]),
};

/**
 * A page of entries. The narrowest index drives: external id or reference, then the account's lines, then the dates, else the log itself.
 * The rest of the filters are conditions on the rows that it brings.
 */
export function entriesOutcome(sql: SqlStorage, state: StoredState, query: EntriesQuery): ReadOutcome {
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
  const account = query.accountId === undefined ? undefined : accountById(state, query.accountId);
  if (query.accountId !== undefined && account === undefined) return unknownAccount;
  if (hash !== undefined) {
    from = `entry_term t CROSS JOIN journal j ON j.seq = t.seq`;
    conditions.push(`t.hash = ${bind(hash)}`);
    if (account !== undefined)
      conditions.push(`EXISTS (SELECT 1 FROM json_each(j.body, '$.lines') l WHERE l.value ->> 0 = ${bind(account.no)})`);
  } else if (account !== undefined) {
    from = `(SELECT DISTINCT ${lineDay} AS day, ${lineSequence} AS seq FROM line WHERE place BETWEEN ${bind(linePlace(account.no, query.startDate === undefined ? firstDay : dayOf(query.startDate)))} AND ${bind(linePlace(account.no, query.endDate === undefined ? lastDay : dayOf(query.endDate)))}) x CROSS JOIN journal j ON j.seq = x.seq`;
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
  conditions.push(isEntry);
  if (query.startDate !== undefined) conditions.push(`${dayColumn} >= ${bind(dayOf(query.startDate))}`);
  if (query.endDate !== undefined) conditions.push(`${dayColumn} <= ${bind(dayOf(query.endDate))}`);
  if (query.externalId !== undefined) conditions.push(`j.body ->> '$.externalId' = ${bind(query.externalId)}`);
  if (query.reference !== undefined) conditions.push(`j.body ->> '$.reference' = ${bind(query.reference)}`);
  if (query.sourceType !== undefined) conditions.push(`coalesce(j.body ->> '$.source.type', 'api') = ${bind(query.sourceType)}`);
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
  const body = `{"data":[${texts.join(",")}],"totalCount":${counted.count}${counted.capped ? ',"totalCountCapped":true' : ""},"after":${after}}`;
  return { ok: true, body };
}
