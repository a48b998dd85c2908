import type { PeriodLockView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { listLedgersOfEntity } from "../ledgers/index.ts";
import type { PeriodLocks } from "./schemas.ts";

/** The locks on an entity's books, ledger by ledger. */
export async function listPeriodLocks(context: OperationContext, entityId: string): Promise<PeriodLocks> {
  const ledgers = await listLedgersOfEntity(context, entityId);
  const locks = await Promise.all(ledgers.map((ledger) => context.ledger(ledger.number).read<PeriodLockView[]>({ kind: "period_locks" })));
  return { entityId, ledgers: ledgers.map((ledger, i) => ({ ledgerId: ledger.id, currency: ledger.currency, locks: locks[i] ?? [] })) };
}
