import type { OperationContext } from "../../operation/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import { withGroupState } from "./group-state.ts";

/** The JSON text of a hold. `entityId`: the entity that the path scopes, to whose books the hold must belong. */
export async function getHold(context: OperationContext, holdId: string, entityId: string | undefined): Promise<string> {
  const ledger = await ledgerOfId(context, holdId, entityId);
  return withGroupState(context, await context.ledger(ledger.number).readText({ kind: "hold", holdId }));
}
