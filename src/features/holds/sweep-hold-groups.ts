import { findSiteScope } from "../../db/site-rows.ts";
import { failureOf } from "../../operation/failure-of.ts";
import { contextInSite, type SystemContext } from "../../operation/system-context.ts";
import { carryOut } from "./carry-out.ts";
import { resolveAllNoted } from "./resolve-noted.ts";
import { findGroup, forgetPlacements, waitingGroups } from "./store.ts";

/** Drives on what of a group was interrupted: a decision that not every ledger has carried out, or a hold that its placer settles or releases by itself. */
export async function sweepHoldGroups(context: SystemContext): Promise<void> {
  for (const { database, siteId, groupId } of await waitingGroups(context.env)) {
    const site = await findSiteScope(context.directory, siteId);
    if (site?.database !== database) continue;
    const inSite = contextInSite(context, site);
    try {
      const group = await findGroup(inSite.db, groupId);
      if (group === undefined) continue;
      await resolveAllNoted(inSite, group);
      if (group.decision !== null) await carryOut(inSite, group);
    } catch (error) {
      // One that cannot be driven on now leaves the others.
      if (failureOf(error).code === "INTERNAL") context.log.error("hold_group_sweep", error, { siteId, groupId });
    }
  }
  await forgetPlacements(context.env, context.clock());
}
