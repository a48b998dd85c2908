import { type EntityRow, findEntity } from "../../db/entities.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { notFound } from "../../platform/refused.ts";
import type { Entity } from "./schemas.ts";
import { entityView } from "./views.ts";

/** An entity of the site that the key covers; anything else is unknown. */
export async function entityInReach(context: OperationContext, entityId: string): Promise<EntityRow> {
  const row = await findEntity(context.db, entityId);
  if (row && covers(context, row.id)) return row;
  throw notFound();
}

/** Whether the key covers an entity of the site. */
export function covers({ entityIds }: OperationContext, entityId: string): boolean {
  return entityIds === null || entityIds.includes(entityId);
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
