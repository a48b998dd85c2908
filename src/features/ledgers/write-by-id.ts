import type { Command } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { type LedgerAnswer, writeOne } from "../../operation/ledger-write.ts";
import { ledgerOfId } from "./ledger-in-context.ts";

/** Has the ledger that an entry's or a hold's id leads to carry out one command. `entityId`: the entity that the path scopes, to whose books it must belong. */
export async function writeById(
  context: OperationContext,
  id: string,
  entityId: string | undefined,
  command: Command,
): Promise<LedgerAnswer> {
  return writeOne(context, await ledgerOfId(context, id, entityId), command);
}
