import { commitOnce, type Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { jobInReach } from "./get-job.ts";
import { kindOf } from "./job-kinds.ts";
import { noteStatus } from "./store.ts";
import { type JobView, jobView } from "./views.ts";

/** Ends a job before it is done. One that had ended stays as it ended, and is answered so. Refuses kinds that cannot be broken off, and an agent what others asked for. */
export async function cancelJob(context: OperationContext, jobId: string): Promise<Once<JobView>> {
  requirePermission(context, "read");
  const row = await jobInReach(context, jobId);
  const { cancel } = kindOf(row);
  if (cancel === undefined) throw refusal("JOB_NOT_CANCELLABLE", `A job of the type ${row.type} cannot be cancelled.`);
  requirePermission(context, cancel.permission);
  if (context.actor.kind === "agent" && row.ownerId !== context.actor.id)
    throw refusal("FORBIDDEN", "Somebody else asked for the job, and an agent cancels only its own.");
  const state = await cancel.run(context, row);
  if (state === null) throw notFound();
  return commitOnce(context, [noteStatus(context.db, row.id, state.status)], jobView(row, state));
}
