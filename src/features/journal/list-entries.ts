import type { OperationContext } from "../../operation/context.ts";
import { type LedgerPage, ledgerFilters, ledgerOrder, readLedgerPage } from "../../operation/ledger-page.ts";
import { filtersOf, readPage } from "../../operation/page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { type EntriesQuery, entrySorts } from "./schemas.ts";

/** How a list of a ledger's entries or lines is ordered. */
export const newestFirst = { sorts: entrySorts, direction: "desc" } as const;

/** A page of a ledger's entries. */
export async function listEntries(context: OperationContext, entityId: string, query: EntriesQuery): Promise<LedgerPage> {
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: "entries", ...newestFirst, filters: { ...filters, entityId } });
  const { entityId: _entityId, ledgerId, currency, ...asked } = filters;
  const ledger = await ledgerInContext(context, { entityId, ledgerId, currency }, "query");
  return readLedgerPage(context, ledger, page, { ...ledgerFilters("entries", asked), ...ledgerOrder(page) });
}
