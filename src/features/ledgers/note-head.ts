import type { SiteDatabase } from "../../db/site-database.ts";
import type { LedgerHead } from "../../ledger/facts-message.ts";
import { insertHead } from "./store.ts";

/** Stores the head of a ledger's log outside the ledger. A repeated or late message changes nothing. */
export async function noteHead(db: SiteDatabase, head: LedgerHead): Promise<void> {
  await insertHead(db, head);
}
