import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type LedgerAnswer, writeCommands } from "../../operation/ledger-write.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { entryCommand, entryCommands } from "./entry-command.ts";
import type { JournalBatchRequest, JournalEntryRequest } from "./schemas.ts";

/** Says what posting one entry or a batch would answer, refusals included. Does what a post does, and stores nothing. */
export async function validateEntries(
  context: OperationContext,
  entityId: string,
  request: JournalEntryRequest | JournalBatchRequest,
): Promise<LedgerAnswer> {
  requirePermission(context, "entries:post");
  const ledger = await ledgerInContext(context, { entityId, ledgerId: request.ledgerId, currency: request.currency }, "body");
  const many = "entries" in request;
  return many
    ? writeCommands(context, ledger, entryCommands(request.entries), { mode: request.mode, answer: "many", dryRun: true })
    : writeCommands(context, ledger, [entryCommand(request)], { mode: "atomic", answer: "one", dryRun: true });
}
