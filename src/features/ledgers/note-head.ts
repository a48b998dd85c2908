import type { SiteDatabase } from "../../db/site-database.ts";
import type { LedgerHead } from "../../ledger/facts-message.ts";
import { insertHead } from "./store.ts";

/** Notes how far a ledger's log has come, outside the ledger. Told twice, or late, it changes nothing. */
export async function noteHead(db: SiteDatabase, head: LedgerHead): Promise<void> {
  await insertHead(db, head);
}
