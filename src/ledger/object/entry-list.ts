import { present } from "../../kernel/assert.ts";
import { filteredCountMax } from "../../kernel/bounds.ts";
import { type DayNumber, firstDay, lastDay, parseDay } from "../../kernel/calendar-date.ts";
import { failure } from "../../kernel/failures.ts";
import type { Account } from "../domain/account.ts";
import type { EntriesQuery, ReadOutcome } from "../rpc.ts";
import { type Count, capped } from "./counts.ts";
import { tellEntries } from "./describe.ts";
import { isEntry, lineDay, linePlace, lineSequence } from "./schema.ts";
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

type Bind = (value: SqlStorageValue) => string;

/** What a list is read through, and which of its filters that answers already. */
interface Driver {
  readonly from: string;
  readonly seq: string;
  readonly day: string;
  /** The conditions that choose its rows. */
  readonly conditions: readonly string[];
  /** Whether it holds nothing but entries: the journal is then joined only for what the index does not know. */
  readonly entriesOnly: boolean;
  readonly knowsAmounts: boolean;
}

const dayInBody = "(unixepoch(j.body ->> '$.date') / 86400)";
const amountInBody = "(SELECT sum(max(l.value ->> 1, 0)) FROM json_each(j.body, '$.lines') l)";

/** The narrowest index: external id or reference, then what was reversed, the account's lines, the source, the dates, else the log itself. */
function driverOf(query: EntriesQuery, account: Account | undefined, bind: Bind): Driver {
  const byTerm = (hash: number): Driver => ({
    from: "entry_term t",
    seq: "t.seq",
    day: dayInBody,
    conditions: [`t.hash = ${bind(hash)}`],
    entriesOnly: false,
    knowsAmounts: false,
  });
  if (query.externalId !== undefined) return byTerm(externalIdTerm(query.externalId));
  if (query.reference !== undefined) return byTerm(referenceTerm(query.reference));
  if (query.status === "reversed" || query.status === "voided") {
    const kind = query.status === "voided" ? 1 : 0;
    return {
      from: "reversal r",
      seq: "r.original",
      day: dayInBody,
      conditions: [`r.void = ${kind}`],
      entriesOnly: true,
      knowsAmounts: false,
    };
  }
  if (account !== undefined) {
    const from = linePlace(account.no, query.startDate === undefined ? firstDay : dayOf(query.startDate));
    const to = linePlace(account.no, query.endDate === undefined ? lastDay : dayOf(query.endDate));
    const lines = `(SELECT DISTINCT ${lineDay} AS day, ${lineSequence} AS seq FROM line WHERE place BETWEEN ${bind(from)} AND ${bind(to)}) x`;
    return { from: lines, seq: "x.seq", day: "x.day", conditions: [], entriesOnly: true, knowsAmounts: false };
  }
  if (query.sourceType !== undefined && query.sourceType !== "api") return byTerm(sourceTypeTerm(query.sourceType));
  if (query.order === "date" || query.startDate !== undefined || query.endDate !== undefined) {
    return { from: "entry_by_date e", seq: "e.seq", day: "e.day", conditions: [], entriesOnly: true, knowsAmounts: true };
  }
  return { from: "journal j", seq: "j.seq", day: dayInBody, conditions: [], entriesOnly: false, knowsAmounts: false };
}

/** The filters that the driver has not answered. */
function conditionsOf(query: EntriesQuery, account: Account | undefined, driver: Driver, bind: Bind): string[] {
  const conditions = [...driver.conditions];
  const amount = driver.knowsAmounts ? "e.amount" : amountInBody;
  if (!driver.entriesOnly) conditions.push(isEntry);
  if (query.startDate !== undefined) conditions.push(`${driver.day} >= ${bind(dayOf(query.startDate))}`);
  if (query.endDate !== undefined) conditions.push(`${driver.day} <= ${bind(dayOf(query.endDate))}`);
  if (query.minAmount !== undefined) conditions.push(`${amount} >= ${bind(query.minAmount)}`);
  if (query.maxAmount !== undefined) conditions.push(`${amount} <= ${bind(query.maxAmount)}`);
  if (query.externalId !== undefined) conditions.push(`j.body ->> '$.externalId' = ${bind(query.externalId)}`);
  if (query.reference !== undefined) conditions.push(`j.body ->> '$.reference' = ${bind(query.reference)}`);
  if (query.sourceType !== undefined) conditions.push(`coalesce(j.body ->> '$.source.type', 'api') = ${bind(query.sourceType)}`);
  if (account !== undefined && !driver.seq.startsWith("x")) {
    conditions.push(`EXISTS (SELECT 1 FROM json_each(j.body, '$.lines') l WHERE l.value ->> 0 = ${bind(account.no)})`);
  }
  if (query.status === "posted") conditions.push(`NOT EXISTS (SELECT 1 FROM reversal r WHERE r.original = ${driver.seq})`);
  if ((query.status === "reversed" || query.status === "voided") && !driver.seq.startsWith("r")) {
    const kind = query.status === "voided" ? 1 : 0;
    conditions.push(`EXISTS (SELECT 1 FROM reversal r WHERE r.original = ${driver.seq} AND r.void = ${kind})`);
  }
  return conditions;
}

/** A page of entries, read through the narrowest index that the filters have. */
export function entriesOutcome(sql: SqlStorage, state: StoredState, query: EntriesQuery): ReadOutcome {
  const asc = query.direction === "asc";
  const bindings: SqlStorageValue[] = [];
  const bind: Bind = (value) => {
    bindings.push(value);
    return `?${bindings.length}`;
  };
  const account = query.accountId === undefined ? undefined : accountById(state, query.accountId);
  if (query.accountId !== undefined && account === undefined) return unknownAccount;
  const driver = driverOf(query, account, bind);
  const conditions = conditionsOf(query, account, driver, bind);
  const needsBody = driver.seq !== "j.seq" && (driver.day === dayInBody || conditions.some((condition) => condition.includes("j.body")));
  const from = needsBody ? `${driver.from} CROSS JOIN journal j ON j.seq = ${driver.seq}` : driver.from;
  if (conditions.length === 0) conditions.push("true");
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
        ? `(${driver.day}, ${driver.seq}) ${sign} (${bind(a ?? 0)}, ${bind(b ?? 0)})`
        : `${driver.seq} ${sign} ${bind(a ?? 0)}`,
    );
  }
  const direction = asc ? "ASC" : "DESC";
  const order = query.order === "date" ? `${driver.day} ${direction}, ${driver.seq} ${direction}` : `${driver.seq} ${direction}`;
  const rows = sql
    .exec<{ seq: number; day: number }>(
      `SELECT ${driver.seq} AS seq, ${query.order === "date" ? driver.day : "0"} AS day FROM ${from} WHERE ${conditions.join(" AND ")} ORDER BY ${order} LIMIT ${bind(query.limit + 1)} OFFSET ${bind(query.offset ?? 0)}`,
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
