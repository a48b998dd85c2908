import type { OperationContext } from "../../operation/context.ts";
import { type LedgerPage, ledgerFilters, ledgerOrder, readLedgerPage } from "../../operation/ledger-page.ts";
import { filtersOf, readPage } from "../../operation/page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { withGroupStates } from "./group-state.ts";
import { type HoldsQuery, holdSorts } from "./schemas.ts";

/** A page of a ledger's holds. */
export async function listHolds(context: OperationContext, entityId: string, query: HoldsQuery): Promise<LedgerPage> {
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: "holds", sorts: holdSorts, direction: "desc", filters: { ...filters, entityId } });
  const { entityId: _entityId, ledgerId, currency, ...asked } = filters;
  const ledger = await ledgerInContext(context, { entityId, ledgerId, currency }, "query");
  const found = await readLedgerPage(context, ledger, page, { ...ledgerFilters("holds", asked), ...ledgerOrder(page) });
  return { ...found, items: await withGroupStates(context, found.items) };
}
