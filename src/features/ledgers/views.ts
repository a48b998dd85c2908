import { instant } from "../../kernel/clock.ts";
import type { Ledger } from "./schemas.ts";
import type { LedgerRow } from "./store.ts";

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
