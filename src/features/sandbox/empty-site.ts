import { clearSite } from "../../db/clear-site.ts";
import { finishReset, isBrokenByReset } from "../../db/site-resets.ts";
import type { OperationContext } from "../../operation/context.ts";
import { forgetEntities } from "../../operation/entity.ts";
import { type Refused, refusal } from "../../platform/refused.ts";
import { forgetLedgers, retireLedgersOfSite } from "../ledgers/index.ts";

/** Takes the reset `no` of a site to its end: its ledgers are retired, then its rows go, then it is written to again. Interrupted anywhere, it is repeated. */
export async function emptySite(context: OperationContext, no: number): Promise<void> {
  try {
    await retireLedgersOfSite(context, no);
    await clearSite(context.db, no);
    await finishReset(context.db, no, context.clock());
  } catch (error) {
    throw isBrokenByReset(error) ? resetByAnother() : error;
  } finally {
    forgetEntities(context.site.id);
    forgetLedgers(context.site.id);
  }
}

export function resetByAnother(): Refused {
  return refusal("OVERLOADED", "The site was reset by another request at the same time; repeat this one.");
}
