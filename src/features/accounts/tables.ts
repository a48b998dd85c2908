import { foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accountTypeNames } from "../../kernel/account-type.ts";
// Tables name each other for foreign keys; nothing else crosses here.
import { ledgers } from "../ledgers/tables.ts";

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
    /** The sequence of the fact that the row projects. */
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
