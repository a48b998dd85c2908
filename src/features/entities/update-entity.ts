import { changeEntity } from "../../db/entities.ts";
import { isUniqueViolation } from "../../db/run-batch.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { beingDeleted, forgetEntities } from "../../operation/entity.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { refusal } from "../../platform/refused.ts";
import { setApprovalPolicy } from "../ledgers/index.ts";
import { externalIdTaken } from "./create-entity.ts";
import { entityInReach } from "./get-entity.ts";
import type { Entity, UpdateEntityRequest } from "./schemas.ts";
import { entityView } from "./views.ts";

/** Changes what the request gives, if the entity is still at one of the revisions. */
export async function updateEntity(
  context: OperationContext,
  entityId: string,
  request: UpdateEntityRequest,
  revisions: Revisions | undefined,
): Promise<Entity> {
  requirePermission(context, "catalogue:write");
  const row = await entityInReach(context, entityId);
  requireRevision(revisions, row.revision);
  if (row.removal !== null) throw beingDeleted();
  const { name = row.name, country = row.country, externalId = row.externalId, metadata = row.metadata, status = row.status } = request;
  const { approvalPolicy = row.approvalPolicy } = request;
  // The ledgers decide by it, and so have it before it is shown. Where one could not be reached, the change is repeated as a whole.
  if (request.approvalPolicy !== undefined) await setApprovalPolicy(context, entityId, request.approvalPolicy);
  const updatedAt = context.clock();
  try {
    const changed = await changeEntity(context.db, row, { name, approvalPolicy, country, externalId, metadata, status, updatedAt });
    if (!changed) throw refusal("PRECONDITION_FAILED", "The entity was changed by another request in the meantime.");
    forgetEntities(context.site.id);
    return entityView(changed);
  } catch (error) {
    throw isUniqueViolation(error) && externalId !== null ? externalIdTaken(externalId) : error;
  }
}
