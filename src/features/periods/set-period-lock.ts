import { type SharedRecord, trySharedWish } from "../../db/shared-records.ts";
import { periodLocksBytesMax, periodLocksMax } from "../../kernel/bounds.ts";
import { dayOf } from "../../kernel/calendar-date.ts";
import type { Failure } from "../../kernel/failures.ts";
import { checkLockChange, type LockChange, setLock } from "../../ledger/domain/period-lock.ts";
import { isSameShared, refusedLock } from "../../ledger/domain/shared-record.ts";
import type { UnpostedView } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { askLedgers, type PendingLedger, whileSharedMoves, wishedBy } from "../../operation/shared-record.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { driveSharedRecord, type LedgerInContext, listLedgersOfEntity, pendingView, recordToChange } from "../ledgers/index.ts";
import type { PeriodLockOutcome, PeriodLockRequest } from "./schemas.ts";
import { lockOf } from "./views.ts";

/**
 * Sets one lock for all ledgers of the entity, or for none: each is asked before it is wished, and where one cannot take it after all it is taken back.
 * Who may set it is checked against what was wished last. Ledgers that do not answer are `pending`, and told again by whoever comes next.
 */
export async function setPeriodLock(context: OperationContext, entityId: string, request: PeriodLockRequest): Promise<PeriodLockOutcome> {
  requirePermission(context, "periods:lock");
  const change = changeOf(request);
  const wished = await whileSharedMoves(async () => {
    const record = await recordToChange(context, entityId);
    const content = { ...record.content, locks: locksAfter(context, record, change) };
    if (isSameShared(content, record.content)) return record.revision;
    const refused = await askLedgers(context, await listLedgersOfEntity(context, entityId), record, content);
    if (refused !== undefined) throw new Refused(refused);
    return (await trySharedWish(context.db, record, { content, wishedBy: wishedBy(context) })) ? record.revision + 1 : "moved";
  });
  const standing = await driveSharedRecord(context, entityId);
  const refused = withdrawalOf(standing.record, wished, change);
  if (refused !== undefined) throw new Refused(refused);
  const ledgers = await listLedgersOfEntity(context, entityId);
  const outcomes = await Promise.all(
    ledgers.map((ledger) => outcomeOf(context, ledger, standing.record, request, standing.pending?.ledgers)),
  );
  return { entityId, ledgers: outcomes, ...pendingView(standing) };
}

function changeOf({ startDate, endDate, module, level, reason }: PeriodLockRequest): LockChange {
  return { startDay: dayOf(startDate), endDay: dayOf(endDate), module, level, reason: reason ?? null };
}

function locksAfter(context: OperationContext, { content }: SharedRecord, change: LockChange) {
  const allowed = checkLockChange(content.locks, change, context.actor);
  if (!allowed.ok) throw new Refused(allowed.failure);
  const locks = setLock(content.locks, change);
  if (locks.length > periodLocksMax && locks.length > content.locks.length)
    throw beyondBound("/startDate", `An entity has at most ${periodLocksMax} separate locks; lock longer ranges.`);
  const bytes = bytesOf(locks);
  if (bytes > periodLocksBytesMax && bytes > bytesOf(content.locks))
    throw beyondBound(
      "/reason",
      `An entity's locks have at most ${periodLocksBytesMax} bytes together; give shorter reasons, or lock longer ranges.`,
    );
  return locks;
}

/** As they are stored. */
function bytesOf(locks: SharedRecord["content"]["locks"]): number {
  return Buffer.byteLength(JSON.stringify(locks));
}

function beyondBound(pointer: string, message: string): Refused {
  return refusal("VALIDATION_ERROR", message, [{ pointer, code: "VALIDATION_ERROR", message }]);
}

/** Why a lock was taken back that was wished at a revision. */
function withdrawalOf({ withdrawn }: SharedRecord, wished: number, change: LockChange): Failure | undefined {
  const isOfChange = (failure: Failure) => {
    const lock = refusedLock(failure);
    return lock !== undefined && lock.module === change.module && lock.startDay <= change.endDay && change.startDay <= lock.endDay;
  };
  return change.level === "open" ? undefined : withdrawn.find(({ revision, failure }) => revision > wished && isOfChange(failure))?.failure;
}

type Outcome = PeriodLockOutcome["ledgers"][number];

async function outcomeOf(
  context: OperationContext,
  { id, number, currency }: LedgerInContext,
  { content }: SharedRecord,
  { startDate, endDate, module }: PeriodLockRequest,
  pending: readonly PendingLedger[] = [],
): Promise<Outcome> {
  const ledger = { ledgerId: id, currency };
  const waiting = pending.find(({ ledgerId }) => ledgerId === id);
  if (waiting !== undefined) {
    const { code, message, details } = waiting.failure;
    return { ...ledger, outcome: "pending", error: { code, message, details: [...(details ?? [])] } };
  }
  const applied = { ...ledger, outcome: "applied", locks: content.locks.map(lockOf) } as const;
  try {
    const within = await context.ledger(number).read<UnpostedView>({ kind: "unposted_within", startDate, endDate, module });
    return { ...applied, ...within, openDraftIds: [...within.openDraftIds], openHoldIds: [...within.openHoldIds] };
  } catch (error) {
    // It holds the lock, whatever stands inside.
    context.log.error("unposted_within", error, { ledgerNumber: number });
    return applied;
  }
}
