import { sql } from "drizzle-orm";
import { runBatch } from "./batch.ts";
import type { SiteDatabase } from "./site-database.ts";

/** Deletes all that a site has in its database, whichever feature put it there: every table of the schema carries the site. */
export async function clearSite(db: SiteDatabase): Promise<void> {
  const tables = await db.orm.all<{ name: string }>(
    sql`SELECT m.name AS name FROM sqlite_schema m WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'site_id')`,
  );
  // Constraints between the tables are checked at the end of the batch, when what refers and what it refers to are both gone.
  await runBatch(db, [
    db.orm.run(sql`PRAGMA defer_foreign_keys = on`),
    ...tables.map(({ name }) => db.orm.run(sql`DELETE FROM ${sql.identifier(name)} WHERE site_id = ${db.siteId}`)),
  ]);
}
