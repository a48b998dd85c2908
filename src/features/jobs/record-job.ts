import type { LedgerJob } from "../../ledger/client.ts";
import { commitOnce, type Once } from "../../operation/commit-once.ts";
import type { OperationContext } from "../../operation/context.ts";
import { insertJob } from "./store.ts";

/** Lists a job that a ledger has begun, and stores it as the answer under the request's key. One that is listed already stays as it is. */
export async function recordJob(
  context: OperationContext,
  ledger: { readonly id: string; readonly number: number; readonly entityId: string },
  job: LedgerJob,
): Promise<Once<LedgerJob>> {
  const { id, type, createdAt } = job;
  const row = {
    siteId: context.site.id,
    id,
    type,
    ledgerId: ledger.id,
    ledgerNumber: ledger.number,
    entityId: ledger.entityId,
    createdAt: Date.parse(createdAt),
  };
  return commitOnce(context, [insertJob(context.db, row)], job);
}
