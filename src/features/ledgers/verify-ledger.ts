import type { Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type JobView, recordJob } from "../jobs/index.ts";
import { ledgerInContext } from "./ledger-in-context.ts";

/** Starts to prove the ledger's log and balances from its first fact on. The job answers how far it is. */
export async function verifyLedger(context: OperationContext, ledgerId: string, entityId?: string): Promise<Once<JobView>> {
  requirePermission(context, "ledgers:verify");
  const ledger = await ledgerInContext(context, { ledgerId, entityId }, "path");
  const job = await context.ledger(ledger.number).startVerification();
  return recordJob(context, ledger, job);
}
