import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { notFound } from "../../platform/refused.ts";
import { kindOf } from "./job-kinds.ts";
import { findJob, type JobRow } from "./store.ts";
import { type JobView, jobView } from "./views.ts";

/** A job, as whoever works on it tells it. */
export async function getJob(context: OperationContext, jobId: string): Promise<JobView> {
  requirePermission(context, "read");
  const row = await jobInReach(context, jobId);
  const state = await kindOf(row).read(context, row);
  if (state === null) throw notFound();
  return jobView(row, state);
}

/** The row of a job. Refuses, as `NOT_FOUND`, one of another site or of an entity that the key does not cover. */
export async function jobInReach(context: OperationContext, jobId: string): Promise<JobRow> {
  const row = await findJob(context.db, jobId);
  if (row === undefined || !covers(context, row)) throw notFound();
  return row;
}

function covers({ entityIds }: OperationContext, { entityId }: JobRow): boolean {
  return entityIds === null || (entityId !== null && entityIds.includes(entityId));
}
