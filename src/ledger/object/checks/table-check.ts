import { dayOf } from "../../../kernel/calendar-date.ts";
import { decodeAddress } from "../../../kernel/id.ts";
import type { DraftStatus } from "../../domain/approval.ts";
import type { Draft } from "../../domain/draft.ts";
import { type DraftSaved, entryAmount, type Fact, type HoldPlaced } from "../../domain/fact.ts";
import type { HoldStatus } from "../../domain/hold.ts";
import { sourceText } from "../../domain/state.ts";

/** How many rows the log so far says that the tables of drafts and holds have. */
export interface TableCounts {
  readonly drafts: number;
  readonly postedDrafts: number;
  readonly holds: number;
  readonly heldAccounts: number;
  readonly resolvedHolds: number;
}

export const noRows: TableCounts = { drafts: 0, postedDrafts: 0, holds: 0, heldAccounts: 0, resolvedHolds: 0 };

type DraftRow = {
  status: DraftStatus;
  saved: number;
  content: number;
  entry: number | null;
  day: number;
  module: string;
  amount: number;
  external_id: string | null;
  source: string | null;
  source_type: string;
  reference: string | null;
};
type HoldRow = {
  status: HoldStatus;
  resolved: number | null;
  day: number;
  module: string;
  group_id: string | null;
  expires_at: number | null;
  external_id: string | null;
  source: string | null;
};

/** Checks what the tables have of a draft or a hold against a fact about it, and counts the rows that the fact stands for. What later facts made of them is checked against those. */
export function checkTables(
  sql: SqlStorage,
  draft: (no: number) => Draft | undefined,
  sequence: number,
  fact: Fact,
  counts: TableCounts,
  fault: (text: string) => void,
): TableCounts {
  switch (fact.kind) {
    case "draft_saved":
      checkDraft(sql, draft, sequence, fact, fault);
      return fact.draft === null ? { ...counts, drafts: counts.drafts + 1 } : counts;
    case "entry_posted": {
      let after = counts;
      if (fact.draftId !== null) {
        const no = decodeAddress(fact.draftId)?.sequence ?? 0;
        const row = draftRow(sql, no);
        if (row?.status !== "posted" || row.entry !== sequence) fault(`draft ${no} is not said to be the entry ${sequence}, which it is`);
        after = { ...after, postedDrafts: after.postedDrafts + 1 };
      }
      return fact.hold === null ? after : resolved(sql, sequence, [fact.hold], "settled", after, fault);
    }
    case "hold_placed":
      return checkHold(sql, sequence, fact, counts, fault);
    case "hold_released":
      return resolved(sql, sequence, [fact.hold], "released", counts, fault);
    case "holds_expired":
      return resolved(sql, sequence, fact.holds, "expired", counts, fault);
    default:
      return counts;
  }
}

function draftRow(sql: SqlStorage, no: number): DraftRow | undefined {
  return sql.exec<DraftRow>("SELECT * FROM draft WHERE no = ?", no).toArray()[0];
}

function checkDraft(
  sql: SqlStorage,
  draft: (no: number) => Draft | undefined,
  sequence: number,
  fact: DraftSaved,
  fault: (text: string) => void,
): void {
  const no = fact.draft ?? sequence;
  const row = draftRow(sql, no);
  if (row === undefined || row.saved < sequence) {
    fault(`draft ${no} is said to be older than its version at sequence ${sequence}`);
    return;
  }
  if (row.saved > sequence) return;
  const contentAt = typeof fact.content === "number" ? fact.content : sequence;
  // The content of an earlier version may be of an earlier generation.
  const content = typeof fact.content === "number" ? draft(no)?.content : fact.content;
  const isPosted = row.status === "posted";
  if (
    content === undefined ||
    row.content !== contentAt ||
    (row.status !== fact.status && !isPosted) ||
    isPosted !== (row.entry !== null)
  ) {
    fault(`draft ${no} is not said to be what its version at sequence ${sequence} says`);
    return;
  }
  const { source } = content;
  const said = [row.day, row.module, row.amount, row.external_id, row.source, row.source_type, row.reference];
  const written = [
    dayOf(content.date),
    content.module,
    Math.min(entryAmount(content), Number.MAX_SAFE_INTEGER),
    content.externalId,
    source === null ? null : sourceText(source),
    source?.type ?? "api",
    content.reference,
  ];
  const accounts = [...new Set(content.lines.map((line) => line.account))].sort((a, b) => a - b);
  const listed = sql.exec<{ account: number }>("SELECT account FROM draft_account WHERE draft = ? ORDER BY account", no).toArray();
  if (
    !sameValues(said, written) ||
    !sameValues(
      listed.map(({ account }) => account),
      accounts,
    )
  )
    fault(`draft ${no} is listed otherwise than its version at sequence ${sequence} says`);
}

function checkHold(sql: SqlStorage, no: number, fact: HoldPlaced, counts: TableCounts, fault: (text: string) => void): TableCounts {
  const row = sql.exec<HoldRow>("SELECT * FROM hold WHERE no = ?", no).toArray()[0];
  const { date, module, groupId, expiresAtMs, externalId, source } = fact;
  const written = [dayOf(date), module, groupId, expiresAtMs, externalId, source === null ? null : sourceText(source)];
  const said = row && [row.day, row.module, row.group_id, row.expires_at, row.external_id, row.source];
  if (row === undefined || said === undefined || !sameValues(said, written) || (row.status === "open") !== (row.resolved === null))
    fault(`hold ${no} is listed otherwise than the log says`);
  const accounts = new Map<number, readonly [number, number]>();
  for (const { account, amount } of fact.lines) {
    const [debits, credits] = accounts.get(account) ?? [0, 0];
    accounts.set(account, [debits + Math.max(amount, 0), credits + Math.max(-amount, 0)]);
  }
  for (const [account, sums] of accounts) {
    const stored = sql
      .exec<{ debits: number; credits: number }>("SELECT debits, credits FROM hold_account WHERE account = ? AND hold = ?", account, no)
      .toArray()[0];
    if (stored === undefined || !sameValues([stored.debits, stored.credits], sums))
      fault(`hold ${no} is said to keep other sums than the log has`);
  }
  return { ...counts, holds: counts.holds + 1, heldAccounts: counts.heldAccounts + accounts.size };
}

function resolved(
  sql: SqlStorage,
  sequence: number,
  holds: readonly number[],
  status: HoldStatus,
  counts: TableCounts,
  fault: (text: string) => void,
): TableCounts {
  for (const no of holds) {
    const row = sql.exec<HoldRow>("SELECT * FROM hold WHERE no = ?", no).toArray()[0];
    if (row?.status !== status || row.resolved !== sequence) fault(`hold ${no} is not said to be ${status} at sequence ${sequence}`);
  }
  return { ...counts, resolvedHolds: counts.resolvedHolds + holds.length };
}

/** Holds the tables to have no more rows than the log has from one sequence to another. */
export function checkRowCounts(sql: SqlStorage, first: number, head: number, counts: TableCounts, fault: (text: string) => void): void {
  const counted = (what: string) => sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${what} BETWEEN ? AND ?`, first, head).one().n;
  const rows: TableCounts = {
    drafts: counted("draft WHERE no"),
    postedDrafts: counted("draft WHERE entry"),
    holds: counted("hold WHERE no"),
    heldAccounts: counted("hold_account WHERE hold"),
    resolvedHolds: counted("hold WHERE resolved"),
  };
  for (const name of Object.keys(rows) as (keyof TableCounts)[])
    if (rows[name] !== counts[name]) fault(`the tables have ${rows[name]} ${name}, the log ${counts[name]}`);
}

function sameValues(a: readonly (string | number | null)[], b: readonly (string | number | null)[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
