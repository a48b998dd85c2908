import { sql } from "drizzle-orm";
import { refusal } from "../platform/refused.ts";
import type { SiteDatabase } from "./site-database.ts";

/** A delete of more rows at once may keep the database from its other sites for too long. */
const rowsPerDelete = 5_000;

/**
 * Deletes all that a site has in its database, whichever feature put it there: every table of the schema carries the site.
 * In pieces, what refers before what it refers to: broken off, the next one completes it.
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
  const tables = await db.orm.all<Table>(sql`SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%site_id%'`);
  for (const name of referringFirst(tables)) {
    const table = sql.identifier(name);
    const piece = sql`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE site_id = ${db.siteId} LIMIT ${rowsPerDelete})`;
    for (;;) {
      const { meta } = await db.orm.run(piece);
      if (meta.changes < rowsPerDelete) break;
    }
  }
}

interface Table {
  readonly name: string;
  readonly sql: string;
}

/** The tables in an order in which each stands before those that its foreign keys name. */
function referringFirst(tables: readonly Table[]): string[] {
  const refersTo = (from: Table, to: Table) => from !== to && new RegExp(`REFERENCES [\`"]?${to.name}[\`"]?\\s*\\(`, "i").test(from.sql);
  const left = [...tables];
  const order: string[] = [];
  while (left.length > 0) {
    const at = left.findIndex((table) => !left.some((other) => refersTo(other, table)));
    const [next] = left.splice(at, 1);
    if (at === -1 || next === undefined) throw new Error("assertion failed: no tables refer to each other in a circle");
    order.push(next.name);
  }
  return order;
}
