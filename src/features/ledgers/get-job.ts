import type { LedgerJob } from "../../ledger/client.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { ledgerInContext } from "./ledger-in-context.ts";
import { findJob } from "./store.ts";

/** A job as the ledger that works on it tells it. */
export async function getJob(context: OperationContext, jobId: string): Promise<LedgerJob> {
  requirePermission(context, "read");
  const row = await findJob(context.db, jobId);
  const ledger = row && (await ledgerInContext(context, { ledgerId: row.ledgerId }, "path"));
  const job = ledger && (await context.ledger(ledger.number).verification(jobId));
  if (!job) throw refusal("NOT_FOUND", "Nothing with this id exists in the site.");
  return job;
}
