import { and, eq, isNull, lt, type SQL, sql } from "drizzle-orm";
import { hasMessage } from "../kernel/error-causes.ts";
import { runBatch } from "./run-batch.ts";
import { drizzleOver, openDatabase, type SiteDatabase } from "./site-database.ts";
import { isNotMoving } from "./site-fence.ts";
import { siteResets } from "./site-reset-tables.ts";
import { inNoOrder } from "./sweep-order.ts";

/** The table is not emptied with its site. */
export const resetsTable = "site_resets";

/**
 * Begins to empty a site. From here on nothing is listed in it; an earlier reset that is under way does nothing more. Answers its number; undefined, and
 * nothing is begun, where the request's key has its answer since `answeredAfter`: it was sent twice, and the other has done it.
 */
export async function beginReset(
  db: SiteDatabase,
  nowMs: number,
  key?: { readonly scope: string; readonly key: string; readonly answeredAfter: number } | undefined,
): Promise<number | undefined> {
  const no = await db.session
    .prepare(
      `INSERT INTO site_resets (site_id, no, retired_to)
       SELECT ?1, max(coalesce(max(no), 0) + 1, ?2), coalesce(max(retired_to), 0) FROM site_resets WHERE site_id = ?1
       HAVING NOT EXISTS (SELECT 1 FROM idempotency_keys WHERE site_id = ?1 AND scope = ?3 AND key = ?4 AND created_at > ?5) RETURNING no`,
    )
    .bind(db.siteId, nowMs, key?.scope ?? null, key?.key ?? null, key?.answeredAfter ?? null)
    .first<number>("no");
  return no ?? undefined;
}

/**
 * Sets up to which number the reset retires the site's ledgers, the first who says so, and answers that with how far it is. A reset that another has
 * followed is broken here, before it has retired anything that may be of after it.
 */
export async function boundReset(
  db: SiteDatabase,
  no: number,
  lastNumber: number,
): Promise<{ readonly upTo: number; readonly retiredTo: number }> {
  const isIt = and(eq(siteResets.siteId, db.siteId), eq(siteResets.no, no));
  await runBatch(db, [
    requireReset(db, no),
    db.orm
      .update(siteResets)
      .set({ upTo: lastNumber })
      .where(and(isIt, isNull(siteResets.upTo))),
  ]);
  const row = await db.orm.select({ upTo: siteResets.upTo, retiredTo: siteResets.retiredTo }).from(siteResets).where(isIt).get();
  return { upTo: row?.upTo ?? 0, retiredTo: row?.retiredTo ?? 0 };
}

/** Notes up to which number the site's ledgers are retired. */
export async function noteRetired(db: SiteDatabase, no: number, to: number): Promise<void> {
  await runBatch(db, [
    requireReset(db, no),
    db.orm
      .update(siteResets)
      .set({ retiredTo: to })
      .where(and(eq(siteResets.siteId, db.siteId), eq(siteResets.no, no))),
  ]);
}

/** The site is empty, and is written to again. Of earlier resets nothing is kept. */
export async function finishReset(db: SiteDatabase, no: number, nowMs: number): Promise<void> {
  await runBatch(db, [
    requireReset(db, no),
    db.orm
      .update(siteResets)
      .set({ finishedAt: nowMs, retiredTo: sql`max(${siteResets.retiredTo}, coalesce(${siteResets.upTo}, 0))` })
      .where(and(eq(siteResets.siteId, db.siteId), eq(siteResets.no, no))),
    db.orm.delete(siteResets).where(and(eq(siteResets.siteId, db.siteId), lt(siteResets.no, no))),
  ]);
}

function lastReset(db: SiteDatabase): SQL {
  return sql`(SELECT ${siteResets.no} FROM ${siteResets} WHERE ${siteResets.siteId} = ${db.siteId} ORDER BY ${siteResets.no} DESC LIMIT 1)`;
}

/** A statement that breaks its batch where another reset has begun since. */
export function requireLastReset(db: SiteDatabase, no: number) {
  return db.orm.run(sql`INSERT INTO ${siteResets} (site_id, no, retired_to) SELECT ${db.siteId}, NULL, 0 WHERE ${lastReset(db)} <> ${no}`);
}

/** A statement that breaks its batch unless the reset is under way and the last that began. */
export function requireReset(db: SiteDatabase, no: number) {
  const isOn = sql`EXISTS (SELECT 1 FROM ${siteResets} WHERE ${siteResets.siteId} = ${db.siteId} AND ${siteResets.no} = ${no} AND ${siteResets.finishedAt} IS NULL)`;
  return db.orm.run(
    sql`INSERT INTO ${siteResets} (site_id, no, retired_to) SELECT ${db.siteId}, NULL, 0 WHERE NOT ${isOn} OR ${lastReset(db)} <> ${no}`,
  );
}

/**
 * A ledger's number where no reset has retired it or is about to, else null: as the value of a column that is never null it breaks its batch.
 * A ledger that was numbered before the reset and would be listed after it has no object any more that takes anything.
 */
export function numberInUse(db: SiteDatabase, number: number): SQL<number> {
  const isRetired = sql`(${siteResets.finishedAt} IS NULL OR ${siteResets.retiredTo} >= ${number})`;
  return sql<number>`(SELECT ${number} WHERE NOT EXISTS (SELECT 1 FROM ${siteResets} WHERE ${siteResets.siteId} = ${db.siteId} AND ${isRetired}))`;
}

/** Whether a batch was broken by a reset: what it would have listed is of before, or the reset that it is a part of is over. */
export function isBrokenByReset(error: unknown): boolean {
  return hasMessage(error, /NOT NULL constraint failed: (?:ledgers\.number|site_resets\.no)\b/);
}

/** Resets at once; the next run continues. */
const resetsPerRun = 100;

/** Some of the resets of a database that are under way; of a site the last. Those of sites that are being moved wait. */
export async function listResets(
  env: Cloudflare.Env,
  database: string,
): Promise<readonly { readonly siteId: string; readonly no: number }[]> {
  return drizzleOver(openDatabase(env, database))
    .select({ siteId: siteResets.siteId, no: sql<number>`max(${siteResets.no})` })
    .from(siteResets)
    .where(and(isNull(siteResets.finishedAt), isNotMoving(siteResets.siteId)))
    .groupBy(siteResets.siteId)
    .orderBy(inNoOrder)
    .limit(resetsPerRun);
}
