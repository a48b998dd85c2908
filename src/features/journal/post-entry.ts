import type { Whole } from "../../kernel/whole.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import type { LedgerAnswer } from "../../operation/ledger-write.ts";
import { writeOne } from "../../operation/ledger-write.ts";
import { type LedgerChoice, ledgerInContext } from "../ledgers/index.ts";
import { entryCommand } from "./entry-command.ts";
import type { EntryBody, JournalEntryRequest } from "./schemas.ts";

/** Posts one entry at once. */
export async function postEntry(context: OperationContext, entityId: string, request: JournalEntryRequest): Promise<LedgerAnswer> {
  request satisfies Whole<JournalEntryRequest, keyof LedgerChoice | keyof EntryBody>;
  requirePermission(context, "entries:post");
  const ledger = await ledgerInContext(context, { entityId, ledgerId: request.ledgerId, currency: request.currency }, "body");
  return writeOne(context, ledger, entryCommand(request));
}
