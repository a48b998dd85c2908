import { sweepSites } from "../../operation/sweep.ts";
import type { SystemContext } from "../../operation/system-context.ts";
import { carryOut } from "./carry-out.ts";
import { resolveAllNoted } from "./resolve-noted.ts";
import { findGroup, forgetPlacements, waitingGroups } from "./store.ts";

/** Drives on what of a group was interrupted: a decision that not every ledger has carried out, or a hold that its placer settles or releases by itself. */
export async function sweepHoldGroups(context: SystemContext): Promise<void> {
  await sweepSites(
    context,
    "hold_group_sweep",
    (database) => waitingGroups(context.env, database),
    async (inSite, { groupId }) => {
      const group = await findGroup(inSite.db, groupId);
      if (group === undefined) return;
      await resolveAllNoted(inSite, group);
      if (group.decision !== null) await carryOut(inSite, group);
    },
  );
  await forgetPlacements(context.env, context.clock());
}
