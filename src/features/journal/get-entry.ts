import type { OperationContext } from "../../operation/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";

/** The JSON text of an entry. `entityId`: the entity that the path scopes, to whose books the entry must belong. */
export async function getEntry(context: OperationContext, entryId: string, entityId: string | undefined): Promise<string> {
  const ledger = await ledgerOfId(context, entryId, entityId);
  return context.ledger(ledger.number).readText({ kind: "entry", entryId });
}
