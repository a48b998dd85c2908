import { findSharedRecord, heldByAll, isHeld, type SharedRecord } from "../../db/shared-records.ts";
import type { SiteScope } from "../../kernel/site-scope.ts";
import type { BaseContext, OperationContext } from "../../operation/context.ts";
import {
  driveShared,
  driveSharedAside,
  healShared,
  type SharedPending,
  type SharedStanding,
  sharedRecord,
} from "../../operation/shared-record.ts";
import { contextInSite } from "../../operation/system-context.ts";
import { listLedgersOfEntity } from "./ledger-in-context.ts";

/** What the ledgers of an entity in context share. */
export function sharedRecordOf(context: OperationContext, entityId: string): Promise<SharedRecord> {
  return sharedRecord(context, entityId, () => listLedgersOfEntity(context, entityId));
}

/** Has every ledger of the entity hold the record, as far as they answer. */
export function driveSharedRecord(context: OperationContext, entityId: string): Promise<SharedStanding> {
  return driveShared(context, entityId, () => listLedgersOfEntity(context, entityId));
}

/** The record for whoever wishes something in its place: what others wished comes to its end first, as far as that is possible now. */
export async function recordToChange(context: OperationContext, entityId: string): Promise<SharedRecord> {
  const record = await sharedRecordOf(context, entityId);
  // One that was just made of what the ledgers hold is nobody's wish: they are told of it with the next.
  if (isHeld(record) || heldByAll(record) === undefined) return record;
  return (await driveSharedRecord(context, entityId)).record;
}

/** The record on a reader's way: driven on where some ledger does not hold it yet. Undefined where earlier builds made none, which a read does not change. */
export async function readSharedRecord(context: OperationContext, entityId: string): Promise<SharedStanding | undefined> {
  const record = await findSharedRecord(context.db, entityId);
  if (record === undefined) return undefined;
  if (isHeld(record)) return { record, pending: undefined };
  return driveSharedAside(context, entityId, () => listLedgersOfEntity(context, entityId));
}

/** Brings the record of an entity and its ledgers together again after one of them was restored. The operator's alone. */
export function healSharedRecord(context: BaseContext, site: SiteScope, entityId: string): Promise<SharedStanding> {
  const actor = { kind: "service", id: "countinghouse/restore", role: "OWNER" } as const;
  const inSite = contextInSite({ ...context, actor }, site);
  return healShared(inSite, entityId, () => listLedgersOfEntity(inSite, entityId));
}

/** What is still to come, as it is told: absent where every ledger holds the record. */
export function pendingView({ pending }: { readonly pending: SharedPending | undefined }) {
  return pending === undefined ? {} : { pending: { revision: pending.revision, ledgers: pending.ledgers.map(({ ledgerId }) => ledgerId) } };
}
