import { commitOnce, type KeptAnswer } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { ledgerInContext } from "./ledger-in-context.ts";
import { insertJob } from "./store.ts";

/** Starts to prove the ledger's log and balances from its first fact on. The job answers how far it is. */
export async function verifyLedger(context: OperationContext, ledgerId: string, entityId?: string): Promise<KeptAnswer> {
  requirePermission(context, "ledgers:verify");
  const ledger = await ledgerInContext(context, { ledgerId, entityId }, "path");
  const job = await context.ledger(ledger.number).startVerification();
  const row = { siteId: context.site.id, id: job.id, type: job.type, ledgerId: ledger.id, createdAt: Date.parse(job.createdAt) };
  return commitOnce(context, [insertJob(context.db, row)], { status: 202, body: JSON.stringify(job) });
}
