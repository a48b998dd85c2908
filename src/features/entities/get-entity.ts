import { type EntityRow, findEntity } from "../../db/entities.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { notFound } from "../../platform/refused.ts";
import type { Entity } from "./schemas.ts";
import { entityView } from "./views.ts";

/** An entity of the site that the key covers; anything else is unknown. */
export async function entityInReach(context: OperationContext, entityId: string): Promise<EntityRow> {
  const row = await findEntity(context.db, entityId);
  if (row && (context.entityIds === null || context.entityIds.includes(row.id))) return row;
  throw notFound();
}

export async function getEntity(context: OperationContext, entityId: string): Promise<Entity> {
  requirePermission(context, "read");
  return entityView(await entityInReach(context, entityId));
}

/** The entity as a partner's company: those of another kind are not. */
export async function getCompany(context: OperationContext, companyId: string): Promise<Entity> {
  const entity = await getEntity(context, companyId);
  if (entity.kind !== "company") throw notFound();
  return entity;
}
