import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { Page } from "../kernel/page.ts";
import type { SiteScope } from "../kernel/site-scope.ts";
import type { DirectoryDatabase } from "./directory-database.ts";
import { pageOfDirectory } from "./directory-page.ts";
import { sites } from "./site-row-tables.ts";

export type SiteRow = typeof sites.$inferSelect;

export function insertSite(directory: DirectoryDatabase, row: SiteRow) {
  return directory.orm.insert(sites).values(row);
}

/** A statement that breaks its batch where the site has moved since `scope` was read: nobody updates a key that is listed later. */
export function requireEpoch(directory: DirectoryDatabase, scope: Pick<SiteScope, "id" | "epoch">) {
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

/** Moves the site to another database from its next epoch on, if `onlyIf` is true in the same transaction. */
export function switchDatabase(directory: DirectoryDatabase, site: Pick<SiteRow, "id" | "database" | "epoch">, onlyIf: SQL) {
  const { id, database, epoch } = site;
  return directory.orm
    .update(sites)
    .set({ database, epoch })
    .where(and(eq(sites.id, id), eq(sites.epoch, epoch - 1), onlyIf));
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

export function siteScope(row: SiteRow): SiteScope {
  const { id, firmId, environment, database, epoch, revision, jurisdiction, regionHint, origins } = row;
  return { id, firmId, environment, database, epoch, revision, jurisdiction, regionHint, origins };
}

/** A site's scope by its id, for work that no token stands behind: queue messages. */
export async function findSiteScope(directory: DirectoryDatabase, siteId: string): Promise<SiteScope | undefined> {
  const row = await findSite(directory, siteId);
  return row && siteScope(row);
}

/** Where sites live: the binding of each of the ids that is a site's. */
export async function databasesOfSites(directory: DirectoryDatabase, siteIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await directory.orm
    .select({ id: sites.id, database: sites.database })
    .from(sites)
    .where(sql`${sites.id} IN (SELECT value FROM json_each(${JSON.stringify(siteIds)}))`);
  return new Map(rows.map(({ id, database }) => [id, database]));
}
