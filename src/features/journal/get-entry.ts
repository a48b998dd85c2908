import type { ReadResource } from "../../ledger/client.ts";
import type { OperationContext } from "../../operation/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";

/** An entry as the ledger wrote it. `entityId`: the entity that the path scopes, to whose books the entry must belong. */
export async function getEntry(context: OperationContext, entryId: string, entityId: string | undefined): Promise<ReadResource> {
  const ledger = await ledgerOfId(context, entryId, entityId);
  return context.ledger(ledger.number).readResource({ kind: "entry", entryId });
}
