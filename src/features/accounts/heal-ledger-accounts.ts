import { siteDatabase } from "../../db/site-database.ts";
import type { BaseContext } from "../../operation/context.ts";
import { numberedLedger } from "../../operation/numbered-ledger.ts";
import { refusal } from "../../platform/refused.ts";
import { healSharedRecord, isInCatalogue } from "../ledgers/index.ts";
import { type HealingPosition, healAccounts } from "./heal-accounts.ts";

/**
 * Makes the catalogue's accounts what the ledger of a number knows, a piece at a time from `next` on; first, it and the other ledgers of its entity hold
 * the same again of what they share. The operator's alone.
 */
export async function healLedgerAccounts(context: BaseContext, ledgerNumber: number, next?: HealingPosition) {
  const { identity, site, ledger } = await numberedLedger(context, ledgerNumber);
  const db = siteDatabase(context.env, site);
  if (!(await isInCatalogue(db, identity.ledgerId)))
    throw refusal("NOT_FOUND", "The site's catalogue has no ledger with this number: its row is restored first.");
  if (next === undefined) await healSharedRecord(context, site, identity.entityId);
  return healAccounts(db, identity.ledgerId, ledger, next ?? { of: "ledger", after: null });
}
