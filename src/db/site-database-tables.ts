import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { jurisdictions } from "../kernel/region.ts";

/** What the operator says of the databases that sites live on. */
export const siteDatabases = sqliteTable("site_databases", {
  /** The D1 binding. */
  name: text("name").primaryKey(),
  /** False where a large site lives alone, or where there is no room left. */
  takesNewSites: integer("takes_new_sites", { mode: "boolean" }).notNull(),
  /** Where it is stored; null for a database of any site. The platform does not say, and it never changes. */
  jurisdiction: text("jurisdiction", { enum: jurisdictions }),
});
