import type { Failure } from "../../kernel/failures.ts";
import type { Command, WriteOutcome } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { accepted } from "../../operation/ledger-write.ts";
import { listLedgersOfEntity } from "./ledger-in-context.ts";

/** Not under the request's key: each is done once however often it is asked. */
function tell(context: OperationContext, ledgerNumber: number, command: Command): Promise<WriteOutcome> {
  const { actor, requestId } = context;
  return context.ledger(ledgerNumber).write([command], { mode: "atomic", answer: "one", actor, requestId });
}

/**
 * Freezes every ledger of an entity to which none is added any more. Answers why one is in use; the others are frozen then or not, and are to be
 * thawed. Throws where one cannot say.
 */
export async function freezeLedgers(context: OperationContext, entityId: string, removal: number): Promise<Failure | undefined> {
  for (const { number } of await listLedgersOfEntity(context, entityId)) {
    const outcome = await tell(context, number, { kind: "freeze_ledger", removal });
    if (outcome.outcome !== "refused" || outcome.failure.code === "LEDGER_RETIRED") continue;
    if (outcome.failure.code === "IN_USE") return outcome.failure;
    accepted(outcome);
  }
  return undefined;
}

/** Thaws every ledger of an entity; of those that were not frozen yet, none is frozen by this removal any more. */
export async function thawLedgers(context: OperationContext, entityId: string, removal: number): Promise<void> {
  for (const { number } of await listLedgersOfEntity(context, entityId))
    accepted(await tell(context, number, { kind: "thaw_ledger", removal }));
}

/** Retires every ledger of an entity: whoever remembers one is refused from now on. */
export async function retireLedgers(context: OperationContext, entityId: string, removal: number): Promise<void> {
  for (const { number } of await listLedgersOfEntity(context, entityId)) await retireLedger(context, number, removal);
}

export async function retireLedger(context: OperationContext, ledgerNumber: number, removal: number): Promise<void> {
  accepted(await tell(context, ledgerNumber, { kind: "retire_ledger", removal }));
}
