import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { accepted, type LedgerAnswer, ledgerKey } from "../../operation/ledger-write.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { openCommand } from "./domain/account-commands.ts";
import { openAccounts } from "./open-accounts.ts";
import type { CreateAccountRequest } from "./schemas.ts";

/** Opens one account. */
export async function createAccount(context: OperationContext, entityId: string, request: CreateAccountRequest): Promise<LedgerAnswer> {
  requirePermission(context, "catalogue:write");
  const ledger = await ledgerInContext(context, { ...request, entityId }, "body");
  return accepted(await openAccounts(context, ledger, [openCommand(request)], { answer: "one", ...ledgerKey(context.idempotency) }));
}
