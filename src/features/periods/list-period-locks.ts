import { heldByAll } from "../../db/shared-records.ts";
import type { PeriodLockView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { listLedgersOfEntity, pendingView, readSharedRecord } from "../ledgers/index.ts";
import type { PeriodLocks } from "./schemas.ts";
import { lockOf } from "./views.ts";

/** The locks on an entity's books that all of its ledgers hold. */
export async function listPeriodLocks(context: OperationContext, entityId: string): Promise<PeriodLocks> {
  const shared = await readSharedRecord(context, entityId);
  const ledgers = await listLedgersOfEntity(context, entityId);
  const held = shared && heldByAll(shared.record)?.locks.map(lockOf);
  // What earlier builds set in each ledger, which need not be the same in all.
  const locks = await Promise.all(
    ledgers.map((ledger) => held ?? context.ledger(ledger.number).read<PeriodLockView[]>({ kind: "period_locks" })),
  );
  return {
    entityId,
    ledgers: ledgers.map((ledger, i) => ({ ledgerId: ledger.id, currency: ledger.currency, locks: locks[i] ?? [] })),
    ...pendingView({ pending: shared?.pending }),
  };
}
