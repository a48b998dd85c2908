/** Accounts as their table has them. What stands on them is summed from the index and the holds. */
import type { AccountType } from "../../../kernel/account-type.ts";
import { type Account, type AccountStatus, normalSign, turnoverOf } from "../../domain/account.ts";
import type { AccountDescription } from "../../rpc.ts";
import type { AccountTotal } from "./entry-tail.ts";

export type AccountRow = {
  no: number;
  id: string;
  code: string;
  external_id: string | null;
  type: string;
  description: string;
  min_balance: number | null;
  max_balance: number | null;
  status: string;
  created_at: number;
  revision: number;
  former_codes: string;
  children: number;
};

/** What open holds have pending on an account, and how often holds have changed that. Minor units. */
export interface PendingTotal {
  readonly debits: number;
  readonly credits: number;
  readonly changes: number;
}

/** The account of a row, with what was posted to it and what is pending on it. */
export function accountOfRow(row: AccountRow, totals: AccountTotal, pending: PendingTotal): Account {
  // Texts of our own writing: a type, a status and JSON that were checked on their way in.
  const type = row.type as AccountType;
  return {
    no: row.no,
    id: row.id,
    code: row.code,
    externalId: row.external_id,
    type,
    description: JSON.parse(row.description) as AccountDescription,
    minBalance: row.min_balance,
    maxBalance: row.max_balance,
    status: row.status as AccountStatus,
    createdAtMs: row.created_at,
    revision: row.revision,
    formerCodes: JSON.parse(row.former_codes) as Account["formerCodes"],
    children: row.children,
    // Multiplied as bigint, which knows no −0.
    balance: Number((totals.debits - totals.credits) * BigInt(normalSign(type))),
    version: totals.lines + pending.changes,
    ...turnoverOf(totals.debits, totals.credits),
    pendingDebits: pending.debits,
    pendingCredits: pending.credits,
    holdChanges: pending.changes,
  };
}

/** Numbers in one statement: their text stays far below what a parameter may have. */
const askedAtOnce = 10_000;

/** Of the accounts directly below these, the numbers of those that have others below themselves. A deleted account has none. */
export function parentsBelow(sql: SqlStorage, nos: readonly number[]): readonly number[] {
  const found: number[] = [];
  for (let i = 0; i < nos.length; i += askedAtOnce) {
    const rows = sql.exec<{ no: number }>(
      `SELECT no FROM account WHERE children > 0 AND description ->> '$.parentId' IN
       (SELECT id FROM account WHERE no IN (SELECT value FROM json_each(?)))`,
      JSON.stringify(nos.slice(i, i + askedAtOnce)),
    );
    for (const { no } of rows) found.push(no);
  }
  return found;
}
