import type { RestorePoint } from "../../ledger/client.ts";
import type { BaseContext } from "../../operation/context.ts";
import { numberedLedger } from "../../operation/numbered-ledger.ts";

/**
 * Puts a ledger back to an earlier point. What was posted since is gone from it, acknowledged or not: the last resort, undone by the bookmark that it
 * answers. The operator's alone.
 */
export async function restoreLedger(context: BaseContext, ledgerNumber: number, to: RestorePoint) {
  const { identity, ledger } = await numberedLedger(context, ledgerNumber);
  return { number: identity.number, undo: await ledger.restore(to) };
}
