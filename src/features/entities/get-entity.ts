import { type EntityRow, findEntity } from "../../db/entities.ts";
import { heldByAll, type SharedRecord } from "../../db/shared-records.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { notFound } from "../../platform/refused.ts";
import { readSharedRecord } from "../ledgers/index.ts";
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

/** The policy that all ledgers hold; before they were ever told the same, the one that was shown. */
export function shownPolicy(row: EntityRow, record: SharedRecord | undefined): EntityRow["approvalPolicy"] {
  return (record && heldByAll(record)?.policy) ?? row.approvalPolicy;
}

export async function getEntity(context: OperationContext, entityId: string): Promise<Entity> {
  requirePermission(context, "read");
  const row = await entityInReach(context, entityId);
  const shared = await readSharedRecord(context, entityId);
  return entityView({ ...row, approvalPolicy: shownPolicy(row, shared?.record) }, shared?.pending);
}

/** The entity as a partner's company: those of another kind are not. */
export async function getCompany(context: OperationContext, companyId: string): Promise<Entity> {
  const entity = await getEntity(context, companyId);
  if (entity.kind !== "company") throw notFound();
  return entity;
}
