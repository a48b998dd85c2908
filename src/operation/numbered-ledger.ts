import { ledgerIdentity } from "../db/ledger-numbers.ts";
import { findSiteScope } from "../db/site-rows.ts";
import { present } from "../kernel/assert.ts";
import { refusal } from "../platform/refused.ts";
import { ledgerOf } from "./build-context.ts";
import type { BaseContext } from "./context.ts";

/** The ledger of a number with its site, for who works on all sites. Refuses, as `NOT_FOUND`, a number that no ledger has. */
export async function numberedLedger({ env, directory }: BaseContext, ledgerNumber: number) {
  const identity = await ledgerIdentity(directory, ledgerNumber);
  if (!identity) throw refusal("NOT_FOUND", "There is no ledger with this number.");
  const site = present(await findSiteScope(directory, identity.siteId), "a ledger is one of a site");
  return { identity, site, ledger: ledgerOf(env, site, identity.number, async () => identity) };
}
