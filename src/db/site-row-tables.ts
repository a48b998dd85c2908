import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { jurisdictions, regionHints } from "../kernel/region.ts";

export const sites = sqliteTable(
  "sites",
  {
    id: text("id").primaryKey(),
    firmId: text("firm_id").notNull(),
    name: text("name").notNull(),
    environment: text("environment", { enum: ["live", "sandbox"] }).notNull(),
    /** The D1 binding the site lives on. */
    database: text("database").notNull(),
    /** Fixed when the site is made: objects never move, and the jurisdiction is part of their id. */
    jurisdiction: text("jurisdiction", { enum: jurisdictions }),
    regionHint: text("region_hint", { enum: regionHints }),
    /** +1 when the site moves to another database. */
    epoch: integer("epoch").notNull(),
    origins: text("origins", { mode: "json" }).$type<string[]>().notNull(),
    revision: integer("revision").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("sites_firm").on(table.firmId, table.createdAt, table.id)],
);
