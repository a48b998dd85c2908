import { sql } from "drizzle-orm";
import { refusal } from "../platform/refused.ts";
import type { SiteDatabase } from "./site-database.ts";
import { siteTablesReferringFirst } from "./site-schema.ts";

/** A delete of more rows at once may block the database for its other sites for too long. */
const rowsPerDelete = 5_000;

/**
 * Deletes all that a site has in its database, whichever feature put it there: every table of the schema carries the site.
 * In pieces, what refers before what it refers to: interrupted, the next one completes it.
 */
export async function clearSite(db: SiteDatabase): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await clearOnce(db);
    } catch (error) {
      // What others insert meanwhile refers to what is on its way out.
      if (!isForeignKeyViolation(error)) throw error;
      if (attempt >= attemptsMax) throw refusal("OVERLOADED", "The site is being written to while it is emptied; repeat the reset.");
    }
  }
}

const attemptsMax = 20;

function isForeignKeyViolation(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at.message.includes("FOREIGN KEY constraint failed")) return true;
  return false;
}

async function clearOnce(db: SiteDatabase): Promise<void> {
  for (const name of await siteTablesReferringFirst(db.session)) {
    const table = sql.identifier(name);
    const piece = sql`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE site_id = ${db.siteId} LIMIT ${rowsPerDelete})`;
    for (;;) {
      const { meta } = await db.orm.run(piece);
      if (meta.changes < rowsPerDelete) break;
    }
  }
}
