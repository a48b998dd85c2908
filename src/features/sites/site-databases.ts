import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { openDatabase, siteDatabaseNames } from "../../db/site-database.ts";
import { countSitesByDatabase, listSiteDatabases, type SiteDatabaseRow, saveSiteDatabase } from "../../db/site-databases.ts";
import type { Jurisdiction } from "../../kernel/region.ts";
import type { BaseContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { isSuitable } from "./domain/placing.ts";

/** Whether the operator allows a site of this jurisdiction in the database. */
export async function suits(
  directory: DirectoryDatabase,
  name: string,
  site: { readonly jurisdiction: Jurisdiction | null },
): Promise<boolean> {
  const settings = await listSiteDatabases(directory);
  return isSuitable(
    settings.find((setting) => setting.name === name),
    site,
  );
}

/** Stores what the operator says of a database. It applies to new sites; those that are there stay until they are moved. Without a jurisdiction in the request the present one stays. */
export async function setSiteDatabase(
  { env, directory }: BaseContext,
  name: string,
  said: { readonly takesNewSites: boolean; readonly jurisdiction?: Jurisdiction | null | undefined },
): Promise<SiteDatabaseRow> {
  if (!siteDatabaseNames(env).includes(name)) throw refusal("NOT_FOUND", `There is no binding ${name}.`);
  const before = (await listSiteDatabases(directory)).find((setting) => setting.name === name);
  const { takesNewSites, jurisdiction = before?.jurisdiction ?? null } = said;
  const row = { name, takesNewSites, jurisdiction };
  await saveSiteDatabase(directory, row);
  return row;
}

/** The pool as the operator sees it: how many sites each database has, and how large it is. */
export async function describeSiteDatabases({ env, directory }: BaseContext) {
  const [settings, counts] = [await listSiteDatabases(directory), await countSitesByDatabase(directory)];
  return Promise.all(
    siteDatabaseNames(env).map(async (name) => {
      const { meta } = await openDatabase(env, name).prepare("SELECT 1").run();
      const { takesNewSites = true, jurisdiction = null } = settings.find((setting) => setting.name === name) ?? {};
      return { name, sites: counts.get(name) ?? 0, bytes: meta.size_after, takesNewSites, jurisdiction };
    }),
  );
}
