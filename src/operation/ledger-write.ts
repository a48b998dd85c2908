import { type LedgerInContext, ledgerOfId } from "../features/ledgers/index.ts";

import type { Command, WriteOutcome } from "../ledger/rpc.ts";
import type { IdempotencyClaim, OperationContext } from "./context.ts";

/** Has a ledger carry out one command under the request's key, for what the command says it is. */
export function writeOne(context: OperationContext, ledger: LedgerInContext, command: Command): Promise<WriteOutcome> {
  return context.ledger(ledger.number).write([command], {
    mode: "atomic",
    answer: "one",
    actor: context.actor,
    requestId: context.requestId,
    ...ledgerKey(context.idempotency),
  });
}

/** The same in the ledger that an entry's or a hold's id leads to. `entityId`: the entity that the path scopes, to whose books it must belong. */
export async function writeOf(
  context: OperationContext,
  id: string,
  entityId: string | undefined,
  command: Command,
): Promise<WriteOutcome> {
  return writeOne(context, await ledgerOfId(context, id, entityId), command);
}

/** The key under which a ledger keeps the request. The ledger is the rest of its scope, however the request named it. */
export function ledgerKey(claim: IdempotencyClaim | undefined): { readonly idempotencyKey?: string } {
  return claim ? { idempotencyKey: `${claim.operationId} ${claim.key}` } : {};
}
