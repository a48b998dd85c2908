import { ledgerKey } from "../../http/answers.ts";
import type { WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../platform/context.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { entryCommands } from "./entry-command.ts";
import type { JournalBatchRequest } from "./schemas.ts";

/** Posts many entries in one commit: all or none, or each by itself. */
export async function postEntryBatch(
  context: OperationContext,
  entityId: string,
  request: JournalBatchRequest,
  minimal: boolean,
): Promise<WriteOutcome> {
  requirePermission(context, "entries:post");
  const ledger = await ledgerInContext(context, { entityId, ledgerId: request.ledgerId, currency: request.currency }, "body");
  return context.ledger(ledger.number).write(entryCommands(request.entries), {
    mode: request.mode,
    answer: minimal ? "minimal" : "many",
    actor: context.actor,
    requestId: context.requestId,
    ...ledgerKey(context.idempotency),
  });
}
