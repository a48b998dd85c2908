import { lastLedgerNumber, listLedgerNumbers } from "../../db/ledger-numbers.ts";
import { boundReset, noteRetired } from "../../db/site-resets.ts";
import type { OperationContext } from "../../operation/context.ts";
import { retireLedger } from "./removal.ts";

/** Each is a call of its own, and few enough wait for each other that none waits long. */
const atOnce = 20;

/**
 * Retires every ledger that the site had a number for when the reset began, listed or not: whoever remembers one is refused from now on, and one that is being made
 * is not listed. Those of earlier resets are retired already. Interrupted, it goes on where it came to.
 */
export async function retireLedgersOfSite(context: OperationContext, reset: number): Promise<void> {
  const { db, directory, site } = context;
  const { upTo, retiredTo } = await boundReset(db, reset, await lastLedgerNumber(directory, site.id));
  for (let after = retiredTo; after < upTo; ) {
    const found = await listLedgerNumbers(directory, site.id, after);
    const ledgers = found.filter(({ number }) => number <= upTo);
    if (ledgers.length === 0) return;
    for (let i = 0; i < ledgers.length; i += atOnce) {
      const some = ledgers.slice(i, i + atOnce);
      await Promise.all(some.map(({ number }) => retireLedger(context, number, reset)));
      after = some.at(-1)?.number ?? after;
      await noteRetired(db, reset, after);
    }
  }
}
