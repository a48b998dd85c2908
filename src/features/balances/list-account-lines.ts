import type { OperationContext } from "../../operation/context.ts";
import { type LedgerPage, ledgerFilters, ledgerOrder, readLedgerPage } from "../../operation/ledger-page.ts";
import { filtersOf, readPage } from "../../operation/page.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import { type AccountLinesQuery, accountLineSorts } from "./schemas.ts";

/** A page of one account's lines, in date order with the running balance or in commit order. */
export async function listAccountLines(
  context: OperationContext,
  accountId: string,
  entityId: string | undefined,
  query: AccountLinesQuery,
): Promise<LedgerPage> {
  const filters = filtersOf(query);
  const page = readPage(context, query, {
    list: "account-lines",
    sorts: accountLineSorts,
    direction: "asc",
    filters: { ...filters, accountId },
  });
  const ledger = await ledgerOfId(context, accountId, entityId);
  return readLedgerPage(context, ledger, page, { ...ledgerFilters("lines", { ...filters, accountId }), ...ledgerOrder(page) });
}
