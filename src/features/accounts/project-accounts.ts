import type { SiteDatabase } from "../../db/site-database.ts";
import type { LedgerFactsMessage } from "../../ledger/facts-message.ts";
import { noteHead } from "../ledgers/index.ts";
import { upsertAccounts } from "./store.ts";

/** Writes a ledger's message about its accounts into its site's database. A repeated or late one changes nothing. */
export async function projectAccounts(db: SiteDatabase, message: LedgerFactsMessage): Promise<void> {
  switch (message.kind) {
    case "accounts_changed":
      return upsertAccounts(db, message.accounts);
    case "head":
      return noteHead(db, message);
  }
}
