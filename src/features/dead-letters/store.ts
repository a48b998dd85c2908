import { and, asc, count, desc, eq, gt, lt, lte, or, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { DirectoryDatabase } from "../../db/directory-database.ts";
import type { FilterConditions } from "../../db/list-rows.ts";
import { deleteInPieces } from "../../db/purge.ts";
import { drizzleOver, openDatabase, siteDatabase, siteDatabaseNames } from "../../db/site-database.ts";
import { isNotMoving } from "../../db/site-fence.ts";
import { applied } from "../../kernel/filter-rows.ts";
import type { Page } from "../../kernel/page.ts";
import type { SiteScope } from "../../kernel/site-scope.ts";
import { deadLetters } from "./tables.ts";

export type DeadLetterRow = typeof deadLetters.$inferSelect;

/** A database with dead letters: the directory, or one of the sites'. */
export interface Letters {
  /** The binding of a sites' database; null for the directory. */
  readonly database: string | null;
  readonly orm: DrizzleD1Database;
}

/** Where the letters of no site are. */
export function lettersOfNoSite(directory: DirectoryDatabase): Letters {
  return { database: null, orm: directory.orm };
}

/** Where a site's letters are. What is written through it is refused while the site is moved. */
export function lettersOfSite(env: Cloudflare.Env, site: SiteScope): Letters {
  return { database: site.database, orm: siteDatabase(env, site).orm };
}

/** All databases that have letters. */
export function allLetters(env: Cloudflare.Env, directory: DirectoryDatabase): Letters[] {
  const ofSites = siteDatabaseNames(env).map((database) => ({ database, orm: drizzleOver(openDatabase(env, database)) }));
  return [lettersOfNoSite(directory), ...ofSites];
}

/** Stores a letter. One that does the same is dead again instead; an error that was stored stays where no other is known. */
export async function putDeadLetter({ orm }: Letters, row: DeadLetterRow): Promise<void> {
  const { status, diedAt, requestId } = row;
  await orm
    .insert(deadLetters)
    .values(row)
    .onConflictDoUpdate({
      target: [deadLetters.siteId, deadLetters.queue, deadLetters.digest],
      set: {
        status,
        diedAt,
        error: sql`coalesce(excluded.error, ${deadLetters.error})`,
        requestId: sql`CASE WHEN excluded.error IS NULL THEN ${deadLetters.requestId} ELSE ${requestId} END`,
      },
    });
}

export async function findDeadLetter({ orm }: Letters, id: string): Promise<DeadLetterRow | undefined> {
  return orm.select().from(deadLetters).where(eq(deadLetters.id, id)).get();
}

/** Counts one more retry; undefined where another request has counted since the row was read. */
export async function countRetry({ orm }: Letters, { siteId, id, retries }: DeadLetterRow): Promise<DeadLetterRow | undefined> {
  return orm
    .update(deadLetters)
    .set({ status: "sent_again", retries: retries + 1 })
    .where(and(eq(deadLetters.siteId, siteId), eq(deadLetters.id, id), eq(deadLetters.retries, retries)))
    .returning()
    .get();
}

/** Has a letter stand as it was read before its retry was counted, unless another request has counted since, or its message has died. */
export async function undoRetry({ orm }: Letters, { siteId, id, status, retries }: DeadLetterRow): Promise<void> {
  const isCounted = and(eq(deadLetters.retries, retries + 1), eq(deadLetters.status, "sent_again"));
  await orm
    .update(deadLetters)
    .set({ status, retries })
    .where(and(eq(deadLetters.siteId, siteId), eq(deadLetters.id, id), isCounted));
}

/** Deletes a letter that was sent again, unless a message that does the same has died since. */
export async function deleteSentAgain({ orm }: Letters, siteId: string, id: string): Promise<void> {
  await orm.delete(deadLetters).where(and(eq(deadLetters.siteId, siteId), eq(deadLetters.id, id), eq(deadLetters.status, "sent_again")));
}

export interface DeadLetterFilter {
  readonly siteId?: string | undefined;
  readonly queue?: string | undefined;
}

const deadLetterFilters: FilterConditions<DeadLetterFilter> = {
  siteId: (siteId) => eq(deadLetters.siteId, siteId),
  // What no queue is called finds nothing.
  queue: (queue) => sql`${deadLetters.queue} = ${queue}`,
};

/** How many letters each site has in a database, by site. */
export async function countBySite({ orm }: Letters, asked: DeadLetterFilter): Promise<{ readonly siteId: string; readonly n: number }[]> {
  return orm
    .select({ siteId: deadLetters.siteId, n: count() })
    .from(deadLetters)
    .where(and(...applied(deadLetterFilters, asked, undefined)))
    .groupBy(deadLetters.siteId);
}

/** One database's part of a page, and one row beyond it. `away`: sites whose rows there are copies. */
export async function listDeadLetterRows(
  { orm }: Letters,
  asked: DeadLetterFilter,
  page: Page<"createdAt">,
  away: readonly string[],
): Promise<DeadLetterRow[]> {
  const [at, id] = page.after ?? [];
  const [order, beyond] = page.direction === "asc" ? [asc, gt] : [desc, lt];
  const after =
    at === undefined
      ? undefined
      : or(beyond(deadLetters.createdAt, Number(at)), and(eq(deadLetters.createdAt, Number(at)), beyond(deadLetters.id, String(id))));
  const atHome = away.length === 0 ? undefined : sql`${deadLetters.siteId} NOT IN (SELECT value FROM json_each(${JSON.stringify(away)}))`;
  return orm
    .select()
    .from(deadLetters)
    .where(and(...applied(deadLetterFilters, asked, undefined), atHome, after))
    .orderBy(order(deadLetters.createdAt), order(deadLetters.id))
    .limit(page.limit + 1);
}

/** Deletes the letters that have been dead since before an instant. */
export async function deleteDeadSince({ database, orm }: Letters, beforeMs: number): Promise<void> {
  const isOld = lte(deadLetters.diedAt, beforeMs);
  await deleteInPieces(orm, deadLetters, database === null ? isOld : sql`${isOld} AND ${isNotMoving(deadLetters.siteId)}`);
}
