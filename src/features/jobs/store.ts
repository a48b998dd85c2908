import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { type FilterConditions, type FoundRows, listRows } from "../../db/list-rows.ts";
import type { SiteDatabase } from "../../db/site-database.ts";
import { requireStandingEntity } from "../../db/standing-entity.ts";
import { applied } from "../../kernel/filter-rows.ts";
import type { Page } from "../../kernel/page.ts";
import { type JobStatus, openStatuses } from "./domain/job.ts";
import type { JobsFilter } from "./schemas.ts";
import { jobs } from "./tables.ts";

export type JobRow = typeof jobs.$inferSelect;

/** The statements that insert a job. One that is known already stays. They break their batch where the job's entity is being deleted. */
export function insertJob(db: SiteDatabase, job: JobRow): readonly BatchItem<"sqlite">[] {
  const insert = db.orm.insert(jobs).values(job).onConflictDoNothing();
  return job.entityId === null ? [insert] : [requireStandingEntity(db, job.entityId), insert];
}

export async function findJob(db: SiteDatabase, id: string): Promise<JobRow | undefined> {
  return db.orm
    .select()
    .from(jobs)
    .where(and(eq(jobs.siteId, db.siteId), eq(jobs.id, id)))
    .get();
}

const jobFilters: FilterConditions<JobsFilter> = {
  type: (type) => eq(jobs.type, type),
  status: (status) => eq(jobs.status, status),
  ledgerId: (ledgerId) => eq(jobs.ledgerId, ledgerId),
  entityId: (entityId) => eq(jobs.entityId, entityId),
};

/** `entityIds`: those that the key reaches, null for all of the site. One parameter however many there are: the platform takes 100. */
function within(entityIds: readonly string[] | null): SQL | undefined {
  return entityIds === null ? undefined : sql`${jobs.entityId} IN (SELECT value FROM json_each(${JSON.stringify(entityIds)}))`;
}

export function listJobRows(
  db: SiteDatabase,
  filter: JobsFilter,
  entityIds: readonly string[] | null,
  page: Page<"createdAt">,
): Promise<FoundRows<JobRow>> {
  return listRows(db, {
    table: jobs,
    sorts: { createdAt: jobs.createdAt },
    where: [within(entityIds)],
    filters: jobFilters,
    asked: filter,
    page,
  });
}

/** Jobs of which no end is known yet, the oldest first. */
export async function listOpenJobs(
  db: SiteDatabase,
  filter: JobsFilter,
  entityIds: readonly string[] | null,
  limit: number,
): Promise<JobRow[]> {
  return db.orm
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.siteId, db.siteId),
        inArray(jobs.status, openStatuses),
        within(entityIds),
        ...applied(jobFilters, { ...filter, status: undefined }, undefined),
      ),
    )
    .orderBy(jobs.createdAt, jobs.id)
    .limit(limit);
}

/** The statement that notes which end a job has come to. */
export function noteStatus(db: SiteDatabase, id: string, status: JobStatus) {
  return db.orm
    .update(jobs)
    .set({ status })
    .where(and(eq(jobs.siteId, db.siteId), eq(jobs.id, id)));
}

/** The statement that removes a job. */
export function deleteJob(db: SiteDatabase, id: string) {
  return db.orm.delete(jobs).where(and(eq(jobs.siteId, db.siteId), eq(jobs.id, id)));
}

/** The statement that removes the jobs of ledgers. `ledgerIds`: which, as a part of a statement. */
export function deleteJobsOf(db: SiteDatabase, ledgerIds: SQL) {
  return db.orm.delete(jobs).where(and(eq(jobs.siteId, db.siteId), sql`${jobs.ledgerId} IN ${ledgerIds}`));
}
