import type { LockPeriod, WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { Refused } from "../../platform/refused.ts";
import { listLedgersOfEntity } from "../ledgers/index.ts";
import type { PeriodLock, PeriodLockOutcome, PeriodLockRequest } from "./schemas.ts";

/**
 * Applies one lock to every ledger of the entity, and answers per ledger: one that refuses leaves the others as they are.
 * Where all refuse, the refusal is the answer.
 */
export async function setPeriodLock(context: OperationContext, entityId: string, request: PeriodLockRequest): Promise<PeriodLockOutcome> {
  requirePermission(context, "periods:lock");
  const { startDate, endDate, module, level, reason } = request;
  const command: LockPeriod = { kind: "lock_period", startDate, endDate, module, level, ...(reason === undefined ? {} : { reason }) };
  const ledgers = await listLedgersOfEntity(context, entityId);
  const outcomes = await Promise.all(
    ledgers.map((ledger) =>
      context.ledger(ledger.number).write([command], { mode: "atomic", answer: "one", actor: context.actor, requestId: context.requestId }),
    ),
  );
  const refused = outcomes.filter((outcome) => outcome.outcome === "refused");
  const first = refused[0];
  if (first !== undefined && refused.length === outcomes.length) throw new Refused(first.failure);
  return { entityId, ledgers: ledgers.map((ledger, i) => ({ ledgerId: ledger.id, currency: ledger.currency, ...outcomeOf(outcomes[i]) })) };
}

interface LockTold {
  locks: PeriodLock[];
  openDrafts: number;
  openDraftIds: string[];
  openHolds: number;
  openHoldIds: string[];
}

function outcomeOf(outcome: WriteOutcome | undefined): Omit<PeriodLockOutcome["ledgers"][number], "ledgerId" | "currency"> {
  if (outcome === undefined) throw new Error("assertion failed: every ledger has answered");
  if (outcome.outcome === "refused") {
    const { code, message, details } = outcome.failure;
    return { outcome: "refused", error: { code, message, details: [...(details ?? [])] } };
  }
  // The ledger describes a lock as {"locks":[…], …}, and what it found inside.
  const { locks, openDrafts, openDraftIds, openHolds, openHoldIds } = JSON.parse(outcome.body) as LockTold;
  return { outcome: "applied", locks, openDrafts, openDraftIds, openHolds, openHoldIds };
}
