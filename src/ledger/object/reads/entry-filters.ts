/** The filters of entries, as conditions on the journal's rows. */
import { applied, type FilterRows, isUnfiltered } from "../../../kernel/filter-rows.ts";
import type { Account } from "../../domain/account.ts";
import type { EntriesFilter, EntriesQuery } from "../../rpc.ts";
import { isEntry } from "../log/schema.ts";

export type FilterName = "account" | "dates" | "amounts" | "status" | "externalId" | "reference" | "sourceType";

/** A condition of SQL over the journal's row `j`, for what no index has answered. */
export interface Condition {
  readonly filter: FilterName;
  readonly sql: string;
  readonly bindings: readonly SqlStorageValue[];
  /** Whether it reads more of the row than its sequence. */
  readonly readsRow: boolean;
}

/** Entries that were reversed, each with whether that was a void. */
export type Reversed = readonly (readonly [original: number, isVoid: number])[];

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

/** What a list's filters ask of the journal's rows. */
export function conditionsOf(query: EntriesQuery, account: Account | undefined, reversed: Reversed): Condition[] {
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

/** Whether the list has every entry, posted ones alone or drafts too: it is counted exactly. */
export function isWhole({ postedOnly: _postedOnly, ...filters }: EntriesQuery): boolean {
  return isUnfiltered(entryFilters, filters);
}
