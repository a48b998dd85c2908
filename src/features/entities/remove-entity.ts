import { type EntityRow, findEntityEvenRetiring, type LeavingEntity, removeEntity, takeRemovalOn } from "../../db/entities.ts";
import type { Failure } from "../../kernel/failures.ts";
import type { OperationContext } from "../../operation/context.ts";
import { forgetEntities } from "../../operation/entity.ts";
import { removeBooks } from "../accounts/index.ts";
import { freezeLedgers, retireLedgers, thawLedgers } from "../ledgers/index.ts";

export function isLeaving(row: EntityRow): row is LeavingEntity {
  return row.removal !== null;
}

/**
 * Takes an entity's removal one step on, as its row says. Whoever asked for it does, and the sweep, several at once too: a step that is done already
 * changes nothing, and one compare-and-set of the row decides between what two of them found. Answers why a ledger refused to be frozen.
 */
export async function advanceRemoval(context: OperationContext, row: LeavingEntity): Promise<Failure | undefined> {
  const { db } = context;
  switch (row.removal) {
    case "deleting": {
      const refused = await freezeLedgers(context, row.id, row.removalNo);
      await takeRemovalOn(db, row, refused === undefined ? "retiring" : "restoring");
      return refused;
    }
    case "restoring":
      await thawLedgers(context, row.id, row.removalNo);
      await takeRemovalOn(db, row, null);
      return undefined;
    case "retiring":
      await retireLedgers(context, row.id, row.removalNo);
      await removeBooks(context, row.id, [removeEntity(db, row.id)]);
      forgetEntities(context.site.id);
      return undefined;
  }
}

/** Takes a removal that was left behind to its end, whichever it is. */
export async function finishRemoval(context: OperationContext, entityId: string): Promise<void> {
  for (let row = await findEntityEvenRetiring(context.db, entityId); row !== undefined && isLeaving(row); ) {
    await advanceRemoval(context, row);
    row = await findEntityEvenRetiring(context.db, entityId);
  }
}
