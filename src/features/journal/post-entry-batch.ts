import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type LedgerAnswer, writeCommands } from "../../operation/ledger-write.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { entryCommands } from "./entry-command.ts";
import type { PlainBatch } from "./fast/plain-batch.ts";
import type { JournalBatchRequest } from "./schemas.ts";

/** Posts many entries in one commit: all or none, or each by itself. */
export async function postEntryBatch(
  context: OperationContext,
  entityId: string,
  request: JournalBatchRequest | PlainBatch,
  minimal: boolean,
): Promise<LedgerAnswer> {
  requirePermission(context, "entries:post");
  const ledger = await ledgerInContext(context, { entityId, ledgerId: request.ledgerId, currency: request.currency }, "body");
  return postBatchTo(context, ledger, request, minimal);
}

/** The same to a ledger that nobody can name yet, for who makes it. */
export async function postBatchTo(
  context: OperationContext,
  ledger: { readonly number: number },
  request: JournalBatchRequest | PlainBatch,
  minimal: boolean,
): Promise<LedgerAnswer> {
  requirePermission(context, "entries:post");
  const commands = "commands" in request ? request.commands : entryCommands(request.entries);
  return writeCommands(context, ledger, commands, { mode: request.mode, answer: minimal ? "minimal" : "many" });
}
