import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** The words that a site gives to its business: kinds of events, products, categories. */
export const terms = sqliteTable(
  "terms",
  {
    siteId: text("site_id").notNull(),
    kind: text("kind", { enum: ["event_type", "product", "category"] }).notNull(),
    id: text("id").notNull(),
    key: text("key").notNull(),
    name: text("name").notNull(),
    description: text("description"),
    metadata: text("metadata", { mode: "json" }).$type<Record<string, string>>().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.kind, table.id] }),
    uniqueIndex("terms_key").on(table.siteId, table.kind, table.key),
    index("terms_created").on(table.siteId, table.kind, table.createdAt, table.id),
    index("terms_name").on(table.siteId, table.kind, table.name, table.id),
  ],
);
