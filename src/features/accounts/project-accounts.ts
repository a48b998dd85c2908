import type { LedgerFactsMessage } from "../../ledger/facts-message.ts";
import type { OperationContext } from "../../operation/context.ts";
import { noteHead } from "../ledgers/index.ts";
import { upsertAccounts } from "./store.ts";

/** Writes a ledger's message about itself into its site's database. A repeated or late one changes nothing. */
export async function projectAccounts({ db }: OperationContext, message: LedgerFactsMessage): Promise<void> {
  switch (message.kind) {
    case "accounts_changed":
      return upsertAccounts(db, message.accounts);
    case "head":
      return noteHead(db, message);
    default:
      throw new Error(`A ledger tells what this release does not know: ${(message satisfies never as { kind?: unknown }).kind}.`);
  }
}
