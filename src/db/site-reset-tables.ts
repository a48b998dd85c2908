import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The last reset of a site, and one that is under way. The rows outlive what they empty: see site-resets.ts. */
export const siteResets = sqliteTable(
  "site_resets",
  {
    siteId: text("site_id").notNull(),
    /** Later ones have higher numbers. */
    no: integer("no").notNull(),
    /** The last of the site's numbers when it began: ledgers up to it are retired. Null until it has been looked up. */
    upTo: integer("up_to"),
    /** How far they are. */
    retiredTo: integer("retired_to").notNull(),
    /** Null as long as the site is being emptied. */
    finishedAt: integer("finished_at"),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.no] }),
    index("site_resets_unfinished").on(table.siteId).where(sql`${table.finishedAt} IS NULL`),
  ],
);
