import { openDatabase, siteDatabaseNames } from "../../db/site-database.ts";
import { listResets } from "../../db/site-resets.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import { contextInSite, type SystemContext } from "../../operation/system-context.ts";
import { emptySite } from "./empty-site.ts";

/** Takes every reset that was left behind to its end: the site is empty then. One that fails is logged and taken up at the next run; the others go on. */
export async function continueResets(context: SystemContext): Promise<void> {
  for (const name of siteDatabaseNames(context.env)) {
    for (const { siteId, no } of await listResets(openDatabase(context.env, name))) {
      try {
        const site = await findSiteScope(context.directory, siteId);
        // A copy of a site that lives elsewhere by now is not the site.
        if (site?.database === name) await emptySite(contextInSite(context, site), no);
      } catch (error) {
        context.log.error("site_reset", error, { siteId });
      }
    }
  }
}
