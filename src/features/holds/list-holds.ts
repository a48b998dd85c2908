import type { OperationContext } from "../../operation/context.ts";
import { filtersOf, type LedgerPage, ledgerOrder, readLedgerPage } from "../../operation/ledger-page.ts";
import { readPage } from "../../operation/page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { type HoldsQuery, holdSorts } from "./schemas.ts";

/** A page of a ledger's holds. */
export async function listHolds(context: OperationContext, entityId: string, query: HoldsQuery): Promise<LedgerPage> {
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: "holds", sorts: holdSorts, direction: "desc", filters: { ...filters, entityId } });
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filters.ledgerId, currency: filters.currency }, "query");
  const { accountId, status, groupId, externalId, startDate, endDate } = filters;
  return readLedgerPage(context, ledger, page, {
    kind: "holds",
    ...(accountId === undefined ? {} : { accountId }),
    ...(status === undefined ? {} : { status }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...ledgerOrder(page),
  });
}
