import { present } from "../../kernel/assert.ts";
import type { Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { ledgerKey } from "../../operation/ledger-write.ts";
import { type JobView, recordJob } from "../jobs/index.ts";
import { ledgerInContext } from "./ledger-in-context.ts";
import type { CloseOutLedgerRequest } from "./schemas.ts";

/** Opens the ledger's next generation, in which it continues. The job shows the progress of the closed one's archive. */
export async function closeOutLedger(
  context: OperationContext,
  ledgerId: string,
  request: CloseOutLedgerRequest,
  entityId?: string,
): Promise<Once<JobView>> {
  requirePermission(context, "catalogue:write");
  const ledger = await ledgerInContext(context, { ledgerId, entityId }, "path");
  const jobId = await context.ledger(ledger.number).closeOut({
    force: request.force,
    ...(request.reason === undefined ? {} : { reason: request.reason }),
    actor: context.actor,
    requestId: context.requestId,
    ...ledgerKey(context.idempotency),
  });
  const job = present(await context.ledger(ledger.number).verification(jobId), "a ledger knows the job that it has just named");
  return recordJob(context, ledger, job);
}
