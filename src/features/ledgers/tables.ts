import { foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
// Tables name each other for foreign keys; nothing else crosses here.
import { entities } from "../../db/entity-tables.ts";

export const ledgers = sqliteTable(
  "ledgers",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    number: integer("number").notNull(),
    entityId: text("entity_id").notNull(),
    currency: text("currency").notNull(),
    scale: integer("scale").notNull(),
    /** Whether it is the ledger in the entity's functional currency. */
    functional: integer("functional", { mode: "boolean" }).notNull(),
    /** The entity's, which never changes, so that a ledger's identity is one row. */
    fiscalYearStart: text("fiscal_year_start").notNull(),
    name: text("name").notNull(),
    description: text("description"),
    metadata: text("metadata", { mode: "json" }).$type<Record<string, string>>().notNull(),
    /** +1 per change: the ETag. */
    revision: integer("revision").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.id] }),
    foreignKey({ columns: [table.siteId, table.entityId], foreignColumns: [entities.siteId, entities.id] }),
    uniqueIndex("ledgers_number").on(table.siteId, table.number),
    uniqueIndex("ledgers_entity_currency").on(table.siteId, table.entityId, table.currency),
    index("ledgers_created").on(table.siteId, table.createdAt, table.id),
  ],
);

/** The ends of the ledgers' logs as they were from day to day, outside the ledgers: a log cut short would contradict them. */
export const ledgerHeads = sqliteTable(
  "ledger_heads",
  {
    siteId: text("site_id").notNull(),
    ledgerNumber: integer("ledger_number").notNull(),
    sequence: integer("sequence").notNull(),
    seal: text("seal").notNull(),
    at: integer("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.ledgerNumber, table.sequence] })],
);
