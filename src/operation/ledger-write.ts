import type { Command, WriteOutcome } from "../ledger/rpc.ts";
import type { IdempotencyClaim, OperationContext } from "./context.ts";

/** Has a ledger carry out one command under the request's key, for what the command says it is. */
export function writeOne(context: OperationContext, ledger: { readonly number: number }, command: Command): Promise<WriteOutcome> {
  return context.ledger(ledger.number).write([command], {
    mode: "atomic",
    answer: "one",
    actor: context.actor,
    requestId: context.requestId,
    ...ledgerKey(context.idempotency),
  });
}

/** The key under which a ledger keeps the request. The ledger is the rest of its scope, however the request named it. */
export function ledgerKey(claim: IdempotencyClaim | undefined): { readonly idempotencyKey?: string } {
  return claim ? { idempotencyKey: `${claim.operationId} ${claim.key}` } : {};
}
