import { and, eq, type SQL, sql } from "drizzle-orm";
import type { SiteDatabase } from "../../db/site-database.ts";
import { jobs } from "./tables.ts";

export type JobRow = typeof jobs.$inferSelect;

/** The statement that inserts a job. One that is known already stays. */
export function insertJob(db: SiteDatabase, job: JobRow) {
  return db.orm.insert(jobs).values(job).onConflictDoNothing();
}

export async function findJob(db: SiteDatabase, id: string): Promise<JobRow | undefined> {
  return db.orm
    .select()
    .from(jobs)
    .where(and(eq(jobs.siteId, db.siteId), eq(jobs.id, id)))
    .get();
}

/** The statement that removes the jobs of ledgers. `ledgerIds`: which, as a part of a statement. */
export function deleteJobsOf(db: SiteDatabase, ledgerIds: SQL) {
  return db.orm.delete(jobs).where(and(eq(jobs.siteId, db.siteId), sql`${jobs.ledgerId} IN ${ledgerIds}`));
}
