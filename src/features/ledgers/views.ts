import { classOf, normalSide } from "../../kernel/account-type.ts";
import { instant } from "../../kernel/clock.ts";
import type { LedgerInContext } from "./ledger-in-context.ts";
import type { Account, Ledger } from "./schemas.ts";
import type { AccountRow, LedgerRow } from "./store.ts";

export function ledgerView(row: LedgerRow): Ledger {
  return {
    id: row.id,
    entityId: row.entityId,
    currency: row.currency,
    scale: row.scale,
    functional: row.functional,
    fiscalYearStart: row.fiscalYearStart,
    name: row.name,
    description: row.description,
    metadata: row.metadata,
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
    revision: row.revision,
  };
}

/** The account's row as the ledger itself tells it. */
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
