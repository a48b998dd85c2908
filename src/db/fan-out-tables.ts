import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Requests under an idempotency key that write to several ledgers: what each of them is asked for, decided once. */
export const fanOuts = sqliteTable(
  "fan_outs",
  {
    siteId: text("site_id").notNull(),
    /** operationId, and the entity where the operation has one. */
    scope: text("scope").notNull(),
    key: text("key").notNull(),
    /** Names the keys under which the ledgers are written. */
    id: text("id").notNull(),
    fingerprint: text("fingerprint").notNull(),
    /** JSON: who asked, and the commands of each ledger. */
    plan: text("plan").notNull(),
    step: text("step", { enum: ["writing", "done"] }).notNull(),
    /** When it was last driven on; null once it is done. */
    drivenAt: integer("driven_at"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.scope, table.key] }),
    uniqueIndex("fan_outs_id").on(table.siteId, table.id),
    index("fan_outs_created").on(table.createdAt),
    index("fan_outs_driven").on(table.drivenAt),
  ],
);
