import { removeEntity } from "../../db/entities.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { forgetEntities } from "../../operation/entity.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { closeBooks } from "../accounts/index.ts";
import { entityInReach } from "./get-entity.ts";

/** Deletes an entity in whose books nothing was ever posted; else it is archived with PATCH. */
export async function deleteEntity(context: OperationContext, entityId: string, revisions: Revisions | undefined): Promise<void> {
  requirePermission(context, "catalogue:write");
  const row = await entityInReach(context, entityId);
  requireRevision(revisions, row.revision);
  await closeBooks(context, row.id, [removeEntity(context.db, row.id)]);
  forgetEntities(context.site.id);
}
