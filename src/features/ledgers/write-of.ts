import type { Command, WriteOutcome } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { writeOne } from "../../operation/ledger-write.ts";
import { ledgerOfId } from "./ledger-in-context.ts";

/** Has the ledger that an entry's or a hold's id leads to carry out one command. `entityId`: the entity that the path scopes, to whose books it must belong. */
export async function writeOf(
  context: OperationContext,
  id: string,
  entityId: string | undefined,
  command: Command,
): Promise<WriteOutcome> {
  return writeOne(context, await ledgerOfId(context, id, entityId), command);
}
