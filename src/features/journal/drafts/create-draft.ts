import type { Whole } from "../../../kernel/whole.ts";
import { type OperationContext, requirePermission } from "../../../operation/context.ts";
import type { LedgerAnswer } from "../../../operation/ledger-write.ts";
import { writeOne } from "../../../operation/ledger-write.ts";
import { type LedgerChoice, ledgerInContext } from "../../ledgers/index.ts";
import { entryCommand } from "../entry-command.ts";
import type { EntryBody } from "../schemas.ts";
import type { DraftRequest } from "./schemas.ts";

/** Saves an entry in the making. */
export async function createDraft(context: OperationContext, entityId: string, request: DraftRequest): Promise<LedgerAnswer> {
  request satisfies Whole<DraftRequest, keyof LedgerChoice | keyof EntryBody>;
  requirePermission(context, "entries:prepare");
  const ledger = await ledgerInContext(context, { entityId, ledgerId: request.ledgerId, currency: request.currency }, "body");
  return writeOne(context, ledger, { ...entryCommand(request), kind: "create_draft" });
}
