import { sql } from "drizzle-orm";
import { hasMessage } from "../kernel/error-causes.ts";
import { refusal } from "../platform/refused.ts";
import { deletePiece, rowsPerPiece } from "./purge.ts";
import { runBatch } from "./run-batch.ts";
import type { SiteDatabase } from "./site-database.ts";
import { requireReset, resetsTable } from "./site-resets.ts";
import { siteTablesReferringFirst } from "./site-schema.ts";

/**
 * Deletes all that a site has in its database, whichever feature put it there: every table of the schema carries the site.
 * In pieces, what refers before what it refers to, each as long as the reset `no` is under way: interrupted, the next one completes it.
 */
export async function clearSite(db: SiteDatabase, no: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await clearOnce(db, no);
    } catch (error) {
      // What others insert meanwhile refers to what is on its way out.
      if (!isForeignKeyViolation(error)) throw error;
      if (attempt >= attemptsMax) throw refusal("OVERLOADED", "The site is being written to while it is emptied; repeat the reset.");
    }
  }
}

const attemptsMax = 20;

function isForeignKeyViolation(error: unknown): boolean {
  return hasMessage(error, /FOREIGN KEY constraint failed/);
}

async function clearOnce(db: SiteDatabase, no: number): Promise<void> {
  for (const name of await siteTablesReferringFirst(db.session)) {
    if (name === resetsTable) continue;
    const piece = deletePiece(sql.identifier(name), sql`site_id = ${db.siteId}`);
    for (;;) {
      const [, deleted = 0] = await runBatch(db, [requireReset(db, no), db.orm.run(piece)]);
      if (deleted < rowsPerPiece) break;
    }
  }
}
