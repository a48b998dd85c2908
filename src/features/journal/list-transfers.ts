import type { EntryView, PageView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { ledgerFilters, ledgerOrder } from "../../operation/ledger-page.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { transferOf } from "./domain/transfer.ts";
import { newestFirst } from "./list-entries.ts";
import type { TransfersQuery } from "./schemas.ts";

/** A page of a ledger's entries, seen as movements. */
export async function listTransfers(context: OperationContext, entityId: string, query: TransfersQuery) {
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: "transfers", ...newestFirst, filters: { ...filters, entityId } });
  const { entityId: _entityId, ledgerId, currency, ...asked } = filters;
  const ledger = await ledgerInContext(context, { entityId, ledgerId, currency }, "query");
  const { data, after, ...counts } = await context.ledger(ledger.number).read<PageView<EntryView>>({
    ...ledgerFilters("entries", { ...asked, postedOnly: true }),
    ...ledgerOrder(page),
  });
  return pageAnswer(page, { ...counts, data: data.map(transferOf), after: after === null ? null : [after] });
}
