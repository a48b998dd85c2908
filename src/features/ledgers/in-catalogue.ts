import type { SQL } from "drizzle-orm";
import type { SiteDatabase } from "../../db/site-database.ts";
import { findLedgerById, hasLedgerRow } from "./store.ts";

/** Whether the site's catalogue has the ledger: a reset or a restored database leaves some behind. */
export async function isInCatalogue(db: SiteDatabase, ledgerId: string): Promise<boolean> {
  return (await findLedgerById(db, ledgerId)) !== undefined;
}

/** The same as a part of a statement, for what is written only where the ledger is there. */
export function hasLedger(db: SiteDatabase, ledgerId: SQL): SQL {
  return hasLedgerRow(db, ledgerId);
}
