import type { LedgerJob } from "../../ledger/client.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { findJob, type JobRow } from "./store.ts";

/** A job as the ledger that works on it describes it. */
export async function getJob(context: OperationContext, jobId: string): Promise<LedgerJob> {
  requirePermission(context, "read");
  const row = await findJob(context.db, jobId);
  const number = row && covers(context, row) ? row.ledgerNumber : null;
  const job = number === null ? undefined : await context.ledger(number).verification(jobId);
  if (!job) throw refusal("NOT_FOUND", "Nothing with this id exists in the site.");
  return job;
}

function covers({ entityIds }: OperationContext, { entityId }: JobRow): boolean {
  return entityIds === null || (entityId !== null && entityIds.includes(entityId));
}
