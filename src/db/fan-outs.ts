import { and, eq, gte, lte, sql } from "drizzle-orm";
import { fanOuts } from "./fan-out-tables.ts";
import { drizzleOver, openDatabase, type SiteDatabase } from "./site-database.ts";
import { isNotMoving } from "./site-fence.ts";
import { inNoOrder } from "./sweep-order.ts";

export type FanOutRow = typeof fanOuts.$inferSelect;

/** Rows that one run of the sweep takes of a database. */
const sweptMax = 1_000;

function isUnder({ siteId }: Pick<SiteDatabase, "siteId">, { scope, key }: Pick<FanOutRow, "scope" | "key">) {
  return and(eq(fanOuts.siteId, siteId), eq(fanOuts.scope, scope), eq(fanOuts.key, key));
}

function isRow({ siteId }: Pick<SiteDatabase, "siteId">, id: string) {
  return and(eq(fanOuts.siteId, siteId), eq(fanOuts.id, id));
}

export function findFanOut(db: SiteDatabase, claim: Pick<FanOutRow, "scope" | "key">): Promise<FanOutRow | undefined> {
  return db.orm.select().from(fanOuts).where(isUnder(db, claim)).get();
}

export function findFanOutById(db: SiteDatabase, id: string): Promise<FanOutRow | undefined> {
  return db.orm.select().from(fanOuts).where(isRow(db, id)).get();
}

/** Stores the row, if its key is free or what has it was stored at `expiredAt` or before. */
export async function insertFanOut(db: SiteDatabase, row: Omit<FanOutRow, "siteId">, expiredAt: number): Promise<boolean> {
  await db.orm.delete(fanOuts).where(and(isUnder(db, row), lte(fanOuts.createdAt, expiredAt)));
  const inserted = await db.orm
    .insert(fanOuts)
    .values({ siteId: db.siteId, ...row })
    .onConflictDoNothing()
    .returning({ id: fanOuts.id });
  return inserted.length > 0;
}

/** Notes that a row was driven on: to its end, or at `drivenAt` not yet. */
export async function noteDriven(db: SiteDatabase, id: string, drivenAt: number | null): Promise<void> {
  await db.orm
    .update(fanOuts)
    .set({ step: drivenAt === null ? "done" : "writing", drivenAt })
    .where(and(isRow(db, id), eq(fanOuts.step, "writing")));
}

/** Some of a database's rows since `after` that have not come to their end. */
export async function waitingFanOuts(env: Cloudflare.Env, database: string, after: number) {
  return (
    drizzleOver(openDatabase(env, database))
      .select({ siteId: fanOuts.siteId, id: fanOuts.id })
      .from(fanOuts)
      // Not null, in the words and the place in which the index answers it.
      .where(and(gte(fanOuts.drivenAt, 0), sql`+${fanOuts.createdAt} > ${after}`, isNotMoving(fanOuts.siteId)))
      .orderBy(inNoOrder)
      .limit(sweptMax)
  );
}
