import type { SQL } from "drizzle-orm";
import type { SiteDatabase } from "../../db/site-database.ts";
import { deleteJobsOf } from "./store.ts";

/** The statements that remove the jobs of ledgers, for the batch that removes those. `ledgerIds`: which, as a part of a statement. */
export function removeJobs(db: SiteDatabase, ledgerIds: SQL) {
  return [deleteJobsOf(db, ledgerIds)];
}
