import { count } from "drizzle-orm";
import type { DirectoryDatabase } from "./directory-database.ts";
import { siteDatabases } from "./site-database-tables.ts";
import { sites } from "./site-row-tables.ts";

export type SiteDatabaseRow = typeof siteDatabases.$inferSelect;

/** The operator's settings of databases; one without any accepts sites of any jurisdiction. */
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

/** Reserves a database for the site that is about to live there alone. */
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
