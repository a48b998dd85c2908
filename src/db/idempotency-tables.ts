import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The answers to POSTs whose effect is in the site's database, each committed in one batch with its effect. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    siteId: text("site_id").notNull(),
    /** operationId, and the entity where the operation has one. */
    scope: text("scope").notNull(),
    key: text("key").notNull(),
    fingerprint: text("fingerprint").notNull(),
    status: integer("status").notNull(),
    body: text("body").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.scope, table.key] }), index("idempotency_keys_created").on(table.createdAt)],
);
