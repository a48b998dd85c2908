import type { EntriesQuery as LedgerEntriesQuery } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { filtersOf, type LedgerPage, ledgerOrder, readLedgerPage } from "../../operation/ledger-page.ts";
import { readPage } from "../../operation/page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { type EntriesFilter, type EntriesQuery, entrySorts } from "./schemas.ts";

/** How a list of a ledger's entries or lines is ordered. */
export const newestFirst = { sorts: entrySorts, direction: "desc" } as const;

/** A page of a ledger's entries. */
export async function listEntries(context: OperationContext, entityId: string, query: EntriesQuery): Promise<LedgerPage> {
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: "entries", ...newestFirst, filters: { ...filters, entityId } });
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filters.ledgerId, currency: filters.currency }, "query");
  return readLedgerPage(context, ledger, page, { kind: "entries", ...entriesQuery(filters), ...ledgerOrder(page) });
}

/** The given filters of a query, as the ledger's query has them. */
export function entriesQuery(filter: EntriesFilter): Omit<LedgerEntriesQuery, keyof ReturnType<typeof ledgerOrder>> {
  const { accountId, status, sourceType, externalId, reference, startDate, endDate, minAmount, maxAmount } = filter;
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(status === undefined ? {} : { status }),
    ...(sourceType === undefined ? {} : { sourceType }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(reference === undefined ? {} : { reference }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...(minAmount === undefined ? {} : { minAmount }),
    ...(maxAmount === undefined ? {} : { maxAmount }),
  };
}
