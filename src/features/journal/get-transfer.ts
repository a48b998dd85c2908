import type { EntryView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import { type TransferView, transferOf } from "./domain/transfer.ts";

/** A posted entry as a movement: its id is the entry's. */
export async function getTransfer(context: OperationContext, entryId: string, entityId: string | undefined): Promise<TransferView> {
  const ledger = await ledgerOfId(context, entryId, entityId);
  return transferOf(await context.ledger(ledger.number).read<EntryView>({ kind: "entry", entryId, postedOnly: true }));
}
