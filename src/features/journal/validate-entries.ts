import type { WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { entryCommand, entryCommands } from "./entry-command.ts";
import type { JournalBatchRequest, JournalEntryRequest } from "./schemas.ts";

/** Says what posting one entry or a batch would answer, refusals included. Takes the way of a post and keeps nothing. */
export async function validateEntries(
  context: OperationContext,
  entityId: string,
  request: JournalEntryRequest | JournalBatchRequest,
): Promise<WriteOutcome> {
  requirePermission(context, "entries:post");
  const ledger = await ledgerInContext(context, { entityId, ledgerId: request.ledgerId, currency: request.currency }, "body");
  const many = "entries" in request;
  return context.ledger(ledger.number).write(many ? entryCommands(request.entries) : [entryCommand(request)], {
    mode: many ? request.mode : "atomic",
    answer: many ? "many" : "one",
    dryRun: true,
    actor: context.actor,
    requestId: context.requestId,
  });
}
