import { ledgerKey } from "../../http/answers.ts";
import type { ReverseEntry, WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../platform/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import type { ReverseEntryRequest } from "./schemas.ts";

/** Undoes an entry with a linked reversal on a date of its own: what was reported before that date stays true. */
export async function reverseEntry(
  context: OperationContext,
  entryId: string,
  entityId: string | undefined,
  request: ReverseEntryRequest,
): Promise<WriteOutcome> {
  requirePermission(context, "entries:reverse");
  return reverse(context, entityId, { kind: "reverse_entry", entryId, void: false, date: request.date, reason: request.reason });
}

/** What voiding and reversing share. */
export async function reverse(context: OperationContext, entityId: string | undefined, command: ReverseEntry): Promise<WriteOutcome> {
  const ledger = await ledgerOfId(context, command.entryId, entityId);
  return context.ledger(ledger.number).write([command], {
    mode: "atomic",
    answer: "one",
    actor: context.actor,
    requestId: context.requestId,
    ...ledgerKey(context.idempotency),
  });
}
