import { classOf, normalSide } from "../../kernel/account-type.ts";
import { instant } from "../../kernel/clock.ts";
import type { LedgerInContext } from "../ledgers/index.ts";
import type { Account } from "./schemas.ts";
import type { AccountRow } from "./store.ts";

/** The account's row as the ledger itself describes it. */
export function accountView(row: AccountRow, ledger: LedgerInContext): Account {
  return {
    id: row.id,
    ledgerId: row.ledgerId,
    entityId: ledger.entityId,
    currency: ledger.currency,
    code: row.code,
    name: row.name,
    description: row.description,
    type: row.type,
    class: classOf(row.type),
    normalSide: normalSide(row.type),
    subtype: row.subtype,
    parentId: row.parentId,
    // Only roles of the list get into a ledger.
    role: row.role as Account["role"],
    stableKey: row.stableKey,
    externalId: row.externalId,
    minBalance: row.minBalance,
    maxBalance: row.maxBalance,
    status: row.status,
    createdAt: instant(row.createdAt),
    revision: row.revision,
  };
}
