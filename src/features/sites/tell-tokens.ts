import { forgetLeasesOf } from "../../access/leases.ts";
import type { DirectoryDatabase } from "../../db/directory-database.ts";
import type { SiteScope } from "../../platform/context.ts";
import { objectOf } from "../../platform/objects.ts";
import { liveTokenIds } from "./store.ts";

/** Tells some of the site's tokens, those after the id given, what their site is now. Answers the last one told; null where there are no more. */
export async function tellSomeTokens(
  env: Cloudflare.Env,
  directory: DirectoryDatabase,
  site: SiteScope,
  after: string | null,
): Promise<string | null> {
  const ids = await liveTokenIds(directory, site.id, after);
  for (const id of ids) {
    await objectOf(env.ACCESS, site, id).setSite(site);
    forgetLeasesOf(id);
  }
  return ids.at(-1) ?? null;
}
