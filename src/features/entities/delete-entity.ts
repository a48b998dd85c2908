import { beginRemoval, findEntityEvenRetiring } from "../../db/entities.ts";
import type { Failure } from "../../kernel/failures.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { notFound, Refused, refusal } from "../../platform/refused.ts";
import { covers } from "./get-entity.ts";
import { advanceRemoval, isLeaving } from "./remove-entity.ts";

/** Steps of a removal, and of others that this one joins. */
const turnsMax = 20;

/**
 * Deletes an entity in whose books nothing was ever posted and nothing is open; else it is archived with PATCH. Every ledger is frozen first, then
 * the row decides, then every ledger is retired, then the rows go. Asked again, it goes on where it was left.
 */
export async function deleteEntity(context: OperationContext, entityId: string, revisions: Revisions | undefined): Promise<void> {
  requirePermission(context, "catalogue:write");
  let refused: Failure | undefined;
  for (let turn = 0; turn < turnsMax; turn++) {
    const row = await findEntityEvenRetiring(context.db, entityId);
    if (row === undefined || !covers(context, row.id)) {
      if (turn > 0) return;
      throw notFound();
    }
    requireRevision(revisions, row.revision);
    if (isLeaving(row)) refused = (await advanceRemoval(context, row)) ?? refused;
    else if (refused !== undefined) throw new Refused(refused);
    else await beginRemoval(context.db, row, context.clock());
  }
  throw refusal("OVERLOADED", "The entity is being changed and deleted by others at the same time; repeat the request.");
}
