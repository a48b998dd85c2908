import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { siteDatabaseNames } from "../../db/site-database.ts";
import { countSitesByDatabase, type SiteRow } from "./store.ts";

/** A site's row, on the database that has the fewest sites. */
export async function newSite(
  env: object,
  directory: DirectoryDatabase,
  wish: {
    readonly id: string;
    readonly firmId: string;
    readonly name: string;
    readonly environment: "live" | "sandbox";
    readonly jurisdiction: "eu" | "us" | null;
    readonly regionHint: string | null;
  },
  nowMs: number,
): Promise<SiteRow> {
  const counts = await countSitesByDatabase(directory);
  const [first, ...rest] = siteDatabaseNames(env);
  if (first === undefined) throw new Error("no site database is bound");
  const database = rest.reduce((best, name) => ((counts.get(name) ?? 0) < (counts.get(best) ?? 0) ? name : best), first);
  return { ...wish, database, epoch: 1, origins: [], revision: 1, createdAt: nowMs };
}
