import type { BatchItem } from "drizzle-orm/batch";
import { runBatch } from "../../db/run-batch.ts";
import { isSiteMoving } from "../../db/site-fence.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import { type JobState, kindOf } from "./job-kinds.ts";
import type { JobsFilter, ListJobsQuery } from "./schemas.ts";
import { deleteJob, type JobRow, listJobRows, listOpenJobs, noteStatus } from "./store.ts";
import { jobView } from "./views.ts";

/** How many jobs one request asks whether they have ended. A ledger works on two at most, so that a site with more has a hundred busy ledgers. */
const askedMax = 200;

/** The jobs that the key reaches, the latest first. Whoever works on those of the page is asked for each. `scopedEntityId`: the company in the path. */
export async function listJobs(context: OperationContext, query: ListJobsQuery, scopedEntityId: string | undefined) {
  requirePermission(context, "read");
  const { status } = query;
  const filters = { ...filtersOf(query), entityId: scopedEntityId ?? query.entityId };
  const page = readPage(context, query, { list: "jobs", filters, sorts: ["createdAt"] });
  if (status !== undefined) await learnEnds(context, filters);
  const found = await listJobRows(context.db, filters, context.entityIds, page);
  const states = await statesOf(context, found.rows);
  const data = found.rows.flatMap((row) => {
    const state = states.get(row);
    // What its ledger has forgotten is no job any more; what has ended since it was looked up is of another status.
    return !state || (status !== undefined && state.status !== status) ? [] : [jobView(row, state)];
  });
  return pageAnswer(page, { ...found, data });
}

/** Notes which jobs have ended since they were last asked, so that rows can be chosen by status. */
async function learnEnds(context: OperationContext, filter: JobsFilter): Promise<void> {
  const rows = await listOpenJobs(context.db, filter, context.entityIds, askedMax);
  const states = await statesOf(context, rows);
  const statements = rows.flatMap((row): BatchItem<"sqlite">[] => {
    const state = states.get(row);
    if (!state) return [deleteJob(context.db, row.id)];
    return state.status === row.status ? [] : [noteStatus(context.db, row.id, state.status)];
  });
  // While a site is moved nothing is written to it: what was learnt is learnt again.
  await runBatch(context.db, statements).catch((error) => {
    if (!isSiteMoving(error)) throw error;
  });
}

async function statesOf(context: OperationContext, rows: readonly JobRow[]): Promise<ReadonlyMap<JobRow, JobState | null>> {
  return new Map(await Promise.all(rows.map(async (row) => [row, await kindOf(row).read(context, row)] as const)));
}
