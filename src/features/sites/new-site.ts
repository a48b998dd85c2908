import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { siteDatabaseNames } from "../../db/site-database.ts";
import { countSitesByDatabase, listSiteDatabases } from "../../db/site-databases.ts";
import type { SiteRow } from "../../db/site-rows.ts";
import type { Residency } from "../../kernel/region.ts";
import { placeOf } from "./domain/placing.ts";

/** A site's row, on the database with the fewest sites of those that accept it. */
export async function newSite(
  env: object,
  directory: DirectoryDatabase,
  wish: Residency & {
    readonly id: string;
    readonly firmId: string;
    readonly name: string;
    readonly environment: "live" | "sandbox";
  },
  nowMs: number,
): Promise<SiteRow> {
  const database = placeOf(wish, siteDatabaseNames(env), await listSiteDatabases(directory), await countSitesByDatabase(directory));
  if (database === undefined) throw new Error("No database takes new sites: add one (npm run db:add), or open one to them.");
  return { ...wish, database, epoch: 1, origins: [], revision: 1, createdAt: nowMs };
}
