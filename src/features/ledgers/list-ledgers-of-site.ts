import { listLedgerNumbers } from "../../db/ledger-numbers.ts";
import { siteDatabase } from "../../db/site-database.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import { instant } from "../../kernel/clock.ts";
import type { BaseContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { ledgerIdsAmong } from "./store.ts";

/**
 * Every ledger that a site ever had, by number, those after the one given: the directory numbers those too that a reset or a restored catalogue has left
 * behind. The operator's alone.
 */
export async function listLedgersOfSite({ env, directory }: BaseContext, siteId: string, after: number) {
  const site = await findSiteScope(directory, siteId);
  if (!site) throw refusal("NOT_FOUND", "There is no site with this id.");
  const rows = await listLedgerNumbers(directory, site.id, after);
  const known = await ledgerIdsAmong(
    siteDatabase(env, site),
    rows.map((row) => row.ledgerId),
  );
  return rows.map(({ number, ledgerId, entityId, currency, createdAt }) => ({
    number,
    ledgerId,
    entityId,
    currency,
    createdAt: instant(createdAt),
    inCatalogue: known.has(ledgerId),
  }));
}
