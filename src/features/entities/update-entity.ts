import { changeEntity, type EntityChange, type EntityRow, isEntityAt } from "../../db/entities.ts";
import { isUniqueViolation, runBatch } from "../../db/run-batch.ts";
import { isSharedRecordMoved, requireSharedRevision, type SharedRecord, wishShared } from "../../db/shared-records.ts";
import type { ApprovalPolicy } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { beingDeleted, forgetEntities } from "../../operation/entity.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { whileSharedMoves, wishedBy } from "../../operation/shared-record.ts";
import { refusal } from "../../platform/refused.ts";
import { driveSharedRecord, recordToChange } from "../ledgers/index.ts";
import { externalIdTaken } from "./create-entity.ts";
import { entityInReach, shownPolicy } from "./get-entity.ts";
import type { Entity, UpdateEntityRequest } from "./schemas.ts";
import { entityView } from "./views.ts";

/**
 * Changes what the request gives, if the entity is still at one of the revisions. A policy is wished with it, in one batch: what is refused has reached no
 * ledger. Then the ledgers are told; `pending` names those that do not answer, which are told again by whoever comes next.
 */
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
  const change = { name, country, externalId, metadata, status, updatedAt: context.clock() };
  const changed = { ...row, ...change, revision: row.revision + 1 };
  if (request.approvalPolicy === undefined) {
    await changeRow(context, row, change, undefined);
    return entityView(changed);
  }
  const policy = request.approvalPolicy;
  await whileSharedMoves(async () => {
    const record = await recordToChange(context, entityId);
    return (await changeRow(context, row, change, { record, policy })) ? "changed" : "moved";
  });
  const { record, pending } = await driveSharedRecord(context, entityId);
  return entityView({ ...changed, approvalPolicy: shownPolicy(row, record) }, pending);
}

/** Changes the row, and the record with it where a policy is wished; false, and nothing is changed, where the record has moved on. */
async function changeRow(
  context: OperationContext,
  row: EntityRow,
  change: EntityChange,
  wish: { readonly record: SharedRecord; readonly policy: ApprovalPolicy } | undefined,
): Promise<boolean> {
  const { db } = context;
  try {
    const changes = await runBatch(db, [...wishOf(context, row, wish), changeEntity(db, row, change)]);
    if (changes.at(-1) !== 1) throw refusal("PRECONDITION_FAILED", "The entity was changed by another request in the meantime.");
  } catch (error) {
    if (isSharedRecordMoved(error)) return false;
    throw isUniqueViolation(error) && change.externalId !== null ? externalIdTaken(change.externalId) : error;
  }
  forgetEntities(context.site.id);
  return true;
}

/** The statements that wish the policy where it is another one, in a batch that changes the row or nothing. */
function wishOf(
  context: OperationContext,
  row: EntityRow,
  wish: { readonly record: SharedRecord; readonly policy: ApprovalPolicy } | undefined,
) {
  if (wish === undefined || wish.record.content.policy === wish.policy) return [];
  const { record, policy } = wish;
  const next = { content: { ...record.content, policy }, wishedBy: wishedBy(context) };
  return [requireSharedRevision(context.db, record), wishShared(context.db, record, next, isEntityAt(context.db, row))];
}
