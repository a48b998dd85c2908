import { foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { accountTypeNames } from "../../kernel/account-type.ts";
// Tables name each other for foreign keys; nothing else crosses here.
import { entities } from "../entities/tables.ts";

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

/**
 * What the ledgers know of their accounts, for lists. A projection: nothing but a ledger decides, and only a newer revision replaces a row.
 * Codes and roles are unique in the ledger, not here, where two changes may arrive in either order.
 */
export const accounts = sqliteTable(
  "accounts",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    ledgerId: text("ledger_id").notNull(),
    code: text("code").notNull(),
    name: text("name").notNull(),
    description: text("description"),
    type: text("type", { enum: accountTypeNames }).notNull(),
    subtype: text("subtype"),
    parentId: text("parent_id"),
    role: text("role"),
    stableKey: text("stable_key"),
    externalId: text("external_id"),
    minBalance: integer("min_balance"),
    maxBalance: integer("max_balance"),
    status: text("status", { enum: ["active", "archived", "deleted"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    /** The sequence of the fact that the row tells. */
    revision: integer("revision").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.id] }),
    foreignKey({ columns: [table.siteId, table.ledgerId], foreignColumns: [ledgers.siteId, ledgers.id] }),
    index("accounts_code").on(table.siteId, table.ledgerId, table.code, table.id),
    index("accounts_created").on(table.siteId, table.ledgerId, table.createdAt, table.id),
    index("accounts_name").on(table.siteId, table.ledgerId, table.name, table.id),
    index("accounts_external_id").on(table.siteId, table.ledgerId, table.externalId),
    index("accounts_parent").on(table.siteId, table.ledgerId, table.parentId),
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

/** Where a job runs; how far it is, only the one who works on it knows. */
export const jobs = sqliteTable(
  "jobs",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    type: text("type", { enum: ["verify_ledger", "close_out_ledger"] }).notNull(),
    ledgerId: text("ledger_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.id] }),
    foreignKey({ columns: [table.siteId, table.ledgerId], foreignColumns: [ledgers.siteId, ledgers.id] }),
  ],
);
