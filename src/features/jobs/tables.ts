import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Who works on a job; how far it is, only they know. */
export const jobs = sqliteTable(
  "jobs",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    type: text("type", { enum: ["verify_ledger", "close_out_ledger"] }).notNull(),
    /** The ledger that works on it; null, as what else is of it, where none does. */
    ledgerId: text("ledger_id"),
    ledgerNumber: integer("ledger_number"),
    /** The ledger's, for keys that are restricted to entities. */
    entityId: text("entity_id"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);
