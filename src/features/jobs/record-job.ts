import { isEntityLeaving } from "../../db/standing-entity.ts";
import type { LedgerJob } from "../../ledger/client.ts";
import { commitOnce, type Once } from "../../operation/commit-once.ts";
import type { OperationContext } from "../../operation/context.ts";
import { refusedByRemoval } from "../../operation/entity.ts";
import { findJob, insertJob, type JobRow } from "./store.ts";
import { type JobView, jobView } from "./views.ts";

/** Lists a job that a ledger has begun, and stores it as the answer under the request's key. One that is listed already stays whose it is. */
export async function recordJob(
  context: OperationContext,
  ledger: { readonly id: string; readonly number: number; readonly entityId: string },
  job: LedgerJob,
): Promise<Once<JobView>> {
  const { id, type, status, createdAt } = job;
  const { kind: ownerKind, id: ownerId } = context.actor;
  const row: JobRow = (await findJob(context.db, id)) ?? {
    siteId: context.site.id,
    id,
    type,
    ledgerId: ledger.id,
    ledgerNumber: ledger.number,
    entityId: ledger.entityId,
    createdAt: Date.parse(createdAt),
    ownerKind,
    ownerId,
    status,
  };
  try {
    return await commitOnce(context, insertJob(context.db, row), jobView(row, job));
  } catch (error) {
    throw isEntityLeaving(error) ? await refusedByRemoval(context, ledger.entityId, "path") : error;
  }
}
