import { and, asc, count, desc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import type { DirectoryDatabase } from "../../db/directory-database.ts";
import type { Page, Position } from "../../http/pages.ts";
import type { SiteScope } from "../../platform/context.ts";
import { sites, tokens } from "./directory-tables.ts";

export type SiteRow = typeof sites.$inferSelect;
export type TokenRow = typeof tokens.$inferSelect;

export function insertSite(directory: DirectoryDatabase, row: SiteRow) {
  return directory.orm.insert(sites).values(row);
}

export function insertToken(directory: DirectoryDatabase, row: TokenRow) {
  return directory.orm.insert(tokens).values(row);
}

export async function findSite(directory: DirectoryDatabase, id: string): Promise<SiteRow | undefined> {
  return directory.orm.select().from(sites).where(eq(sites.id, id)).get();
}

export async function listSiteRows(
  directory: DirectoryDatabase,
  firmId: string,
  page: Page<"createdAt">,
): Promise<{ rows: SiteRow[]; total: number }> {
  const { rows, total } = await pageOfRows(directory, sites, eq(sites.firmId, firmId), page);
  return { rows, total };
}

export async function listTokenRows(
  directory: DirectoryDatabase,
  siteId: string,
  page: Page<"createdAt">,
): Promise<{ rows: TokenRow[]; total: number }> {
  return pageOfRows(directory, tokens, eq(tokens.siteId, siteId), page);
}

/** A page by (createdAt, id), one row more than asked for to tell whether there is another. */
async function pageOfRows<T extends typeof sites | typeof tokens>(
  directory: DirectoryDatabase,
  table: T,
  where: ReturnType<typeof eq>,
  page: Page<"createdAt">,
): Promise<{ rows: T["$inferSelect"][]; total: number }> {
  const [at, id] = page.after ?? [];
  const later = page.direction === "asc" ? gt : lt;
  const beyond =
    at === undefined
      ? undefined
      : or(later(table.createdAt, Number(at)), and(eq(table.createdAt, Number(at)), later(table.id, String(id))));
  const order = page.direction === "asc" ? asc : desc;
  const rows = await directory.orm
    .select()
    .from(table as typeof sites)
    .where(and(where, beyond))
    .orderBy(order(table.createdAt), order(table.id))
    .limit(page.limit + 1)
    .offset(page.offset);
  const counted = await directory.orm
    .select({ n: count() })
    .from(table as typeof sites)
    .where(where)
    .get();
  // Selected from this very table.
  return { rows: rows as unknown as T["$inferSelect"][], total: counted?.n ?? 0 };
}

/** Where a page of rows ended, for its cursor; null at the end. */
export function endOfPage(rows: readonly { readonly createdAt: number; readonly id: string }[], limit: number): Position | null {
  const last = rows[limit - 1];
  return rows.length > limit && last ? [last.createdAt, last.id] : null;
}

export async function updateSiteRow(
  directory: DirectoryDatabase,
  site: SiteRow,
  change: { readonly name?: string | undefined; readonly origins?: string[] | undefined },
): Promise<SiteRow | undefined> {
  return directory.orm
    .update(sites)
    .set({
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.origins === undefined ? {} : { origins: change.origins }),
      revision: site.revision + 1,
    })
    .where(and(eq(sites.id, site.id), eq(sites.revision, site.revision)))
    .returning()
    .get();
}

export async function findToken(directory: DirectoryDatabase, siteId: string, id: string): Promise<TokenRow | undefined> {
  return directory.orm
    .select()
    .from(tokens)
    .where(and(eq(tokens.siteId, siteId), eq(tokens.id, id)))
    .get();
}

/** Tokens of the site that are not revoked, to tell them of a change of their site. */
export async function liveTokenIds(directory: DirectoryDatabase, siteId: string): Promise<string[]> {
  const rows = await directory.orm
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(eq(tokens.siteId, siteId), isNull(tokens.revokedAt)));
  return rows.map((row) => row.id);
}

export function markRevoked(directory: DirectoryDatabase, id: string, atMs: number) {
  return directory.orm
    .update(tokens)
    .set({ revokedAt: atMs })
    .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)));
}

/** Whether it is one of the keys that the site is held by: an OWNER's of the whole site that neither ended nor will by itself. */
export function holdsSite(row: TokenRow): boolean {
  return row.role === "OWNER" && row.entityIds === null && row.expiresAt === null && row.revokedAt === null;
}

/** Ends in the list a key that holds the site, where another one does too. In one statement, so that of the last two only one goes. */
export async function endUnlessLast(directory: DirectoryDatabase, row: TokenRow, atMs: number): Promise<boolean> {
  const another = sql`exists (select 1 from ${tokens} as other where other.site_id = ${row.siteId} and other.id <> ${row.id}
    and other.role = 'OWNER' and other.entity_ids is null and other.expires_at is null and other.revoked_at is null)`;
  const ended = await directory.orm
    .update(tokens)
    .set({ expiresAt: atMs })
    .where(and(eq(tokens.id, row.id), another))
    .returning({ id: tokens.id });
  return ended.length > 0;
}

export function markExpiry(directory: DirectoryDatabase, id: string, atMs: number) {
  return directory.orm
    .update(tokens)
    .set({ expiresAt: sql`min(coalesce(${tokens.expiresAt}, ${atMs}), ${atMs})` })
    .where(eq(tokens.id, id));
}

export async function noteTokenUse(directory: DirectoryDatabase, id: string, atMs: number): Promise<void> {
  await directory.orm.update(tokens).set({ lastUsedAt: atMs }).where(eq(tokens.id, id)).run();
}

/** How many sites each database has, by binding name. */
export async function countSitesByDatabase(directory: DirectoryDatabase): Promise<Map<string, number>> {
  const rows = await directory.orm.select({ database: sites.database, n: count() }).from(sites).groupBy(sites.database);
  return new Map(rows.map((row) => [row.database, row.n]));
}

export function siteScope(row: SiteRow): SiteScope {
  const { id, firmId, environment, database, jurisdiction, origins } = row;
  return { id, firmId, environment, database, jurisdiction, origins };
}

/** A site's scope by its id, for work that no token stands behind: queue messages. */
export async function findSiteScope(directory: DirectoryDatabase, siteId: string): Promise<SiteScope | undefined> {
  const row = await findSite(directory, siteId);
  return row && siteScope(row);
}
