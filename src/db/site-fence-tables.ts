import { sql } from "drizzle-orm";
import { check, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * Who may write a site's rows in this database. No row: the site has always lived here, and every writer may.
 * `open`: writers of the epoch. `closed`: nobody. `filling` and `emptying`: the move that made it the epoch. Rows stay for good: a writer of an old epoch may come at any time.
 */
export const siteFences = sqliteTable(
  "site_fences",
  {
    siteId: text("site_id").primaryKey(),
    epoch: integer("epoch").notNull(),
    state: text("state", { enum: ["open", "closed", "filling", "emptying"] }).notNull(),
  },
  // A guard that finds its writer shut out inserts such a row, which breaks its batch under a name of its own.
  ({ state }) => [check("site_is_moving", sql`${state} <> 'refused'`)],
);
