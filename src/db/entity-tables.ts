import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const entities = sqliteTable(
  "entities",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    kind: text("kind", { enum: ["company", "individual", "custodian"] }).notNull(),
    name: text("name").notNull(),
    functionalCurrency: text("functional_currency").notNull(),
    scale: integer("scale").notNull(),
    fiscalYearStart: text("fiscal_year_start").notNull(),
    /** As its ledgers hold it, which decide by it: this is what is shown. */
    approvalPolicy: text("approval_policy", { enum: ["none", "required", "four_eyes"] })
      .notNull()
      .default("none"),
    /** Made with the entity; no foreign key, which would be a circle. */
    functionalLedgerId: text("functional_ledger_id").notNull(),
    country: text("country"),
    externalId: text("external_id"),
    metadata: text("metadata", { mode: "json" }).$type<Record<string, string>>().notNull(),
    status: text("status", { enum: ["active", "archived"] }).notNull(),
    /** +1 per change: the ETag. */
    revision: integer("revision").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /**
     * How far its deletion is, of which nothing is shown: its ledgers are being frozen, or thawed again, or it is decided and they are being retired.
     * Nothing is added to an entity where this is not null: see standing-entity.ts.
     */
    removal: text("removal", { enum: ["deleting", "restoring", "retiring"] }),
    /** The number of the last attempt to delete it, later ones having higher ones; 0 for none. Its ledgers know it by that. */
    removalNo: integer("removal_no").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.id] }),
    uniqueIndex("entities_external_id").on(table.siteId, table.externalId),
    index("entities_created").on(table.siteId, table.createdAt, table.id),
    index("entities_removal").on(table.removal).where(sql`${table.removal} IS NOT NULL`),
    index("entities_name").on(table.siteId, table.name, table.id),
  ],
);
