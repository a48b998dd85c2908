import type { OperationContext } from "../../operation/context.ts";
import { afterOf, filtersOf, type LedgerPage, readLedgerPage } from "../../operation/ledger-page.ts";
import { readPage } from "../../operation/page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { type BalancesQuery, balanceSorts } from "./schemas.ts";

/** A page of the balances of one ledger's accounts, in the order of their codes. */
export async function listBalances(context: OperationContext, entityId: string, query: BalancesQuery): Promise<LedgerPage> {
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: "balances", sorts: balanceSorts, direction: "asc", filters: { ...filters, entityId } });
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filters.ledgerId, currency: filters.currency }, "query");
  const after = afterOf(page);
  const { accountIds, type, asOf, knownAt } = filters;
  return readLedgerPage(context, ledger, page, {
    kind: "balances",
    direction: page.direction,
    limit: page.limit,
    offset: page.offset,
    ...(after === undefined ? {} : { afterCode: after }),
    ...(accountIds === undefined ? {} : { accountIds }),
    ...(type === undefined ? {} : { types: type }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(knownAt === undefined ? {} : { knownAt }),
  });
}
