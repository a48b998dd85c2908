import type { DirectoryDatabase } from "../db/directory-database.ts";
import { liveTokenIds } from "../db/tokens.ts";
import type { SiteScope } from "../kernel/site-scope.ts";
import { objectOf } from "../platform/objects.ts";
import { eachOf } from "./end-tokens.ts";
import { forgetLeasesOf } from "./leases.ts";

/** Updates some of the site's keys and sessions, those after the given id, with what their site is now. Answers the last one; null where there are no more. */
export async function updateSomeTokens(
  env: Cloudflare.Env,
  directory: DirectoryDatabase,
  site: SiteScope,
  after: string | null,
): Promise<string | null> {
  const ids = await liveTokenIds(directory, site.id, after);
  await eachOf(ids, async (id) => {
    await objectOf(env.ACCESS, site, id).setSite(site);
    forgetLeasesOf(id);
  });
  return ids.at(-1) ?? null;
}
