import type { SiteDatabase } from "../../db/site-database.ts";
import { removeJobs } from "../jobs/index.ts";
import { deleteLedgers, ledgerIdsOf } from "./store.ts";

/**
 * The statements that remove an entity's ledgers with their jobs and heads. `ledgerIds` says which they are, as a part of a statement:
 * what refers to them is removed before, in the same batch.
 */
export function removeLedgers(db: SiteDatabase, entityId: string) {
  const ledgerIds = ledgerIdsOf(db, entityId);
  return { ledgerIds, statements: [...removeJobs(db, ledgerIds), ...deleteLedgers(db, entityId)] };
}
