import { listRemovals } from "../../db/entities.ts";
import { sweepSites } from "../../operation/sweep.ts";
import type { SystemContext } from "../../operation/system-context.ts";
import { finishRemoval } from "./remove-entity.ts";

/** Takes every removal of an entity that was left behind to its end. */
export function continueRemovals(context: SystemContext): Promise<void> {
  return sweepSites(
    context,
    "entity_removal",
    (database) => listRemovals(context.env, database),
    (inSite, { entityId }) => finishRemoval(inSite, entityId),
  );
}
