import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { principalKinds } from "../../kernel/role.ts";
import { jobStatuses, jobTypes } from "./domain/job.ts";

/** Who asked for a job and who works on it. Only the worker knows the progress. */
export const jobs = sqliteTable(
  "jobs",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    type: text("type", { enum: jobTypes }).notNull(),
    /** The ledger that works on it; null, as what else is of it, where none does. */
    ledgerId: text("ledger_id"),
    ledgerNumber: integer("ledger_number"),
    /** The ledger's, for keys that are restricted to entities. */
    entityId: text("entity_id"),
    createdAt: integer("created_at").notNull(),
    /** The principal who asked first; null where the job is older than this column. */
    ownerKind: text("owner_kind", { enum: principalKinds }),
    ownerId: text("owner_id"),
    /** As far as it was learnt. An end is final; what is not ended here may have ended since. */
    status: text("status", { enum: jobStatuses }).notNull().default("running"),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.id] }),
    index("jobs_created").on(table.siteId, table.createdAt, table.id),
    index("jobs_status").on(table.siteId, table.status, table.createdAt, table.id),
  ],
);
