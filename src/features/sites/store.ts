import { and, asc, count, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { pageOfDirectory } from "../../db/directory-page.ts";
import { deleteInPieces } from "../../db/purge.ts";
import type { Page } from "../../kernel/page.ts";
import type { Place } from "../../kernel/region.ts";
import { type PrincipalKind, type Role, reaches, roles } from "../../kernel/role.ts";
import type { SiteScope } from "../../kernel/site-scope.ts";
import { siteDatabases, sites, tokens } from "./directory-tables.ts";

export type SiteRow = typeof sites.$inferSelect;
export type TokenRow = typeof tokens.$inferSelect;

export function insertSite(directory: DirectoryDatabase, row: SiteRow) {
  return directory.orm.insert(sites).values(row);
}

export function insertToken(directory: DirectoryDatabase, row: TokenRow) {
  return directory.orm.insert(tokens).values(row);
}

/** A statement that breaks its batch where the site has moved since `scope` was read: a key that is listed later is told of a move by nobody. */
export function keepEpoch(directory: DirectoryDatabase, scope: Pick<SiteScope, "id" | "epoch">) {
  return directory.orm
    .update(sites)
    .set({ epoch: sql`CASE WHEN ${sites.epoch} = ${scope.epoch} THEN ${sites.epoch} END` })
    .where(eq(sites.id, scope.id));
}

export async function findSite(directory: DirectoryDatabase, id: string): Promise<SiteRow | undefined> {
  return directory.orm.select().from(sites).where(eq(sites.id, id)).get();
}

export function listSiteRows(directory: DirectoryDatabase, firmId: string, page: Page<"createdAt">) {
  return pageOfDirectory(directory, sites, eq(sites.firmId, firmId), page);
}

/** The keys of a site. Its sessions are not among them. */
export function listTokenRows(directory: DirectoryDatabase, siteId: string, page: Page<"createdAt">) {
  return pageOfDirectory(directory, tokens, and(eq(tokens.siteId, siteId), eq(tokens.isSession, false)), page);
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

/** Lets the site live in another database from its next epoch on, if `onlyIf` holds in the same transaction. */
export function switchDatabase(directory: DirectoryDatabase, site: Pick<SiteRow, "id" | "database" | "epoch">, onlyIf: SQL) {
  const { id, database, epoch } = site;
  return directory.orm
    .update(sites)
    .set({ database, epoch })
    .where(and(eq(sites.id, id), eq(sites.epoch, epoch - 1), onlyIf));
}

/** A key of the site. */
export async function findToken(directory: DirectoryDatabase, siteId: string, id: string): Promise<TokenRow | undefined> {
  return directory.orm
    .select()
    .from(tokens)
    .where(and(eq(tokens.siteId, siteId), eq(tokens.id, id), eq(tokens.isSession, false)))
    .get();
}

/** The row of a session. */
export async function findSessionToken(directory: DirectoryDatabase, id: string): Promise<TokenRow | undefined> {
  return directory.orm
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), eq(tokens.isSession, true)))
    .get();
}

/** The keys and sessions of a user, in all sites, that are not revoked; the oldest first. */
export async function tokensOfUser(directory: DirectoryDatabase, userId: string): Promise<TokenRow[]> {
  return directory.orm
    .select()
    .from(tokens)
    .where(and(eq(tokens.principalId, userId), isNull(tokens.revokedAt)))
    .orderBy(asc(tokens.createdAt), asc(tokens.id));
}

/** Lists a user's keys of a higher role under this one, and the sessions under theirs, as the user's own is now. */
export async function markUserRole(directory: DirectoryDatabase, userId: string, role: Role): Promise<void> {
  const higher = roles.filter((other) => other !== role && reaches(other, role));
  const own = eq(tokens.principalId, userId);
  await directory.orm.batch([
    directory.orm
      .update(tokens)
      .set({ role })
      .where(and(own, eq(tokens.isSession, true))),
    directory.orm
      .update(tokens)
      .set({ role })
      .where(and(own, inArray(tokens.role, higher))),
  ]);
}

/** The keys that a named service or agent of the site has had: its first one, and the highest role of any. */
export async function findNamedPrincipal(
  directory: DirectoryDatabase,
  siteId: string,
  kind: PrincipalKind,
  name: string,
): Promise<{ readonly principalId: string; readonly roles: readonly Role[] } | undefined> {
  const rows = await directory.orm
    .select({ principalId: tokens.principalId, role: tokens.role })
    .from(tokens)
    .where(and(eq(tokens.siteId, siteId), eq(tokens.kind, kind), eq(tokens.name, name)))
    .groupBy(tokens.principalId, tokens.role)
    .orderBy(sql`min(${tokens.createdAt})`);
  const first = rows[0];
  return first && { principalId: first.principalId, roles: rows.map((row) => row.role) };
}

/** The site of a firm that a user signs in to who names none: the first live one. */
export async function findFirstLiveSite(directory: DirectoryDatabase, firmId: string): Promise<SiteRow | undefined> {
  return directory.orm
    .select()
    .from(sites)
    .where(and(eq(sites.firmId, firmId), eq(sites.environment, "live")))
    .orderBy(asc(sites.createdAt), asc(sites.id))
    .get();
}

/** Deletes the rows of sessions that ended before. */
export async function deleteEndedSessionTokens(directory: DirectoryDatabase, beforeMs: number): Promise<void> {
  const ended = sql`coalesce(${tokens.revokedAt}, ${tokens.expiresAt}) < ${beforeMs}`;
  await deleteInPieces(directory.orm, tokens, sql`${tokens.isSession} and ${ended}`);
}

/** Where a token's object is kept. */
export async function findTokenPlace(directory: DirectoryDatabase, id: string): Promise<Place | undefined> {
  return directory.orm
    .select({ jurisdiction: sites.jurisdiction, regionHint: sites.regionHint })
    .from(tokens)
    .innerJoin(sites, eq(sites.id, tokens.siteId))
    .where(eq(tokens.id, id))
    .get();
}

/** Some of the site's tokens and sessions that are not revoked, by id, to tell them of a change of their site. */
export async function liveTokenIds(directory: DirectoryDatabase, siteId: string, after: string | null): Promise<string[]> {
  const rows = await directory.orm
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(eq(tokens.siteId, siteId), isNull(tokens.revokedAt), after === null ? undefined : gt(tokens.id, after)))
    .orderBy(tokens.id)
    .limit(tokensToldAtOnce);
  return rows.map((row) => row.id);
}
/** Each is a call of its own, and an invocation has a thousand on the smallest plan. */
const tokensToldAtOnce = 100;

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

export type SiteDatabaseRow = typeof siteDatabases.$inferSelect;

/** What the operator has said of databases; one that is not among them takes sites of any jurisdiction. */
export async function listSiteDatabases(directory: DirectoryDatabase): Promise<SiteDatabaseRow[]> {
  return directory.orm.select().from(siteDatabases);
}

export function saveSiteDatabase(directory: DirectoryDatabase, row: SiteDatabaseRow) {
  const { takesNewSites, jurisdiction } = row;
  return directory.orm
    .insert(siteDatabases)
    .values(row)
    .onConflictDoUpdate({ target: siteDatabases.name, set: { takesNewSites, jurisdiction } });
}

/** Keeps a database for the site that is about to live there alone. */
export function closeToNewSites(directory: DirectoryDatabase, name: string) {
  return directory.orm
    .insert(siteDatabases)
    .values({ name, takesNewSites: false, jurisdiction: null })
    .onConflictDoUpdate({ target: siteDatabases.name, set: { takesNewSites: false } });
}

/** How many sites each database has, by binding name. */
export async function countSitesByDatabase(directory: DirectoryDatabase): Promise<Map<string, number>> {
  const rows = await directory.orm.select({ database: sites.database, n: count() }).from(sites).groupBy(sites.database);
  return new Map(rows.map((row) => [row.database, row.n]));
}

export function siteScope(row: SiteRow): SiteScope {
  const { id, firmId, environment, database, epoch, revision, jurisdiction, regionHint, origins } = row;
  return { id, firmId, environment, database, epoch, revision, jurisdiction, regionHint, origins };
}

/** A site's scope by its id, for work that no token stands behind: queue messages. */
export async function findSiteScope(directory: DirectoryDatabase, siteId: string): Promise<SiteScope | undefined> {
  const row = await findSite(directory, siteId);
  return row && siteScope(row);
}
