import { listRemovals } from "../../db/entities.ts";
import { openDatabase, siteDatabaseNames } from "../../db/site-database.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import { contextInSite, type SystemContext } from "../../operation/system-context.ts";
import { finishRemoval } from "./remove-entity.ts";

/** Takes every removal of an entity that was left behind to its end. One that fails is logged and taken up at the next run; the others go on. */
export async function continueRemovals(context: SystemContext): Promise<void> {
  for (const name of siteDatabaseNames(context.env)) {
    for (const { siteId, id } of await listRemovals(openDatabase(context.env, name))) {
      try {
        const site = await findSiteScope(context.directory, siteId);
        // A copy of a site that lives elsewhere by now is not the site.
        if (site?.database === name) await finishRemoval(contextInSite(context, site), id);
      } catch (error) {
        context.log.error("entity_removal", error, { siteId, entityId: id });
      }
    }
  }
}
