import type { OperationContext } from "../../operation/context.ts";
import { afterOf, type LedgerPage, ledgerFilters, readLedgerPage } from "../../operation/ledger-page.ts";
import { filtersOf, readPage } from "../../operation/page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { type BalancesQuery, balanceSorts } from "./schemas.ts";

/** A page of the balances of one ledger's accounts, in the order of their codes. */
export async function listBalances(context: OperationContext, entityId: string, query: BalancesQuery): Promise<LedgerPage> {
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: "balances", sorts: balanceSorts, direction: "asc", filters: { ...filters, entityId } });
  const { entityId: _entityId, ledgerId, currency, type: types, ...asked } = filters;
  const ledger = await ledgerInContext(context, { entityId, ledgerId, currency }, "query");
  const after = afterOf(page);
  return readLedgerPage(context, ledger, page, {
    ...ledgerFilters("balances", { ...asked, types }),
    direction: page.direction,
    limit: page.limit,
    offset: page.offset,
    ...(after === undefined ? {} : { afterCode: after }),
  });
}
