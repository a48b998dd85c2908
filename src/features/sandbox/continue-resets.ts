import { listResets } from "../../db/site-resets.ts";
import { sweepSites } from "../../operation/sweep.ts";
import type { SystemContext } from "../../operation/system-context.ts";
import { emptySite } from "./empty-site.ts";

/** Takes every reset that was left behind to its end: the site is empty then. */
export function continueResets(context: SystemContext): Promise<void> {
  return sweepSites(
    context,
    "site_reset",
    (database) => listResets(context.env, database),
    (inSite, { no }) => emptySite(inSite, no),
  );
}
