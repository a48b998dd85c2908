import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Ledgers by number. A number is never given twice. */
export const ledgerNumbers = sqliteTable(
  "ledger_numbers",
  {
    number: integer("number").primaryKey({ autoIncrement: true }),
    ledgerId: text("ledger_id").notNull().unique(),
    siteId: text("site_id").notNull(),
    entityId: text("entity_id").notNull(),
    currency: text("currency").notNull(),
    scale: integer("scale").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("ledger_numbers_site").on(table.siteId, table.number)],
);
