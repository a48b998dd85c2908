import { ledgerIdentity } from "../../db/ledger-numbers.ts";
import { present } from "../../kernel/assert.ts";
import type { LedgerFactsMessage } from "../../ledger/facts-message.ts";
import type { OperationContext } from "../../operation/context.ts";
import { isInCatalogue, noteHead } from "../ledgers/index.ts";
import { type HealingPosition, healAccounts } from "./heal-accounts.ts";
import { upsertAccounts } from "./store.ts";

/** What makes the catalogue's accounts what their ledgers know: what these say of themselves, and that one is to be asked. */
export type CatalogueMessage = LedgerFactsMessage | AccountsOutdated;

/** The catalogue's accounts of a ledger may be older than the ledger's: a message about them was lost. */
export interface AccountsOutdated {
  readonly kind: "accounts_outdated";
  readonly ledgerNumber: number;
  readonly siteId: string;
  /** Where the work continues. */
  readonly next?: HealingPosition;
}

/** Writes a ledger's message about itself into its site's database. A repeated or late one changes nothing. */
export async function projectAccounts(context: OperationContext, message: CatalogueMessage): Promise<void> {
  switch (message.kind) {
    case "accounts_changed":
      return upsertAccounts(context.db, message.accounts);
    case "head":
      return noteHead(context.db, message);
    case "accounts_outdated":
      return bringUpToDate(context, message);
  }
}

/** Reads the accounts from their ledger again, as far as one invocation may. A ledger that a reset has left behind has none to bring up to date. */
async function bringUpToDate(context: OperationContext, message: AccountsOutdated): Promise<void> {
  const { ledgerNumber, next = { of: "ledger", after: null } } = message;
  const { ledgerId } = present(await ledgerIdentity(context.directory, ledgerNumber), "a ledger that sends a message has its number");
  if (!(await isInCatalogue(context.db, ledgerId))) return;
  const healing = await healAccounts(context.db, ledgerId, context.ledger(ledgerNumber), next);
  if (healing.next !== null) await context.env.LEDGER_FACTS.send({ ...message, next: healing.next });
}
