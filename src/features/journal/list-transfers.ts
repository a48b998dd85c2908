import type { EntryView, PageView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { type TransferView, transferOf } from "./domain/transfer.ts";
import { entriesQuery, type LedgerPage } from "./list-entries.ts";
import type { TransfersFilter } from "./schemas.ts";

/** A page of a ledger's entries, seen as movements. */
export async function listTransfers(
  context: OperationContext,
  entityId: string,
  filter: TransfersFilter,
  page: LedgerPage,
): Promise<PageView<TransferView>> {
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filter.ledgerId, currency: filter.currency }, "query");
  const entries = await context.ledger(ledger.number).read<PageView<EntryView>>({
    kind: "entries",
    ...entriesQuery(filter),
    postedOnly: true,
    ...page,
  });
  return { ...entries, data: entries.data.map(transferOf) };
}
