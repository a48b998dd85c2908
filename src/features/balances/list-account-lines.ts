import type { OperationContext } from "../../operation/context.ts";
import { filtersOf, type LedgerPage, ledgerOrder, readLedgerPage } from "../../operation/ledger-page.ts";
import { readPage } from "../../operation/page.ts";
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
  const { startDate, endDate, knownAt } = filters;
  return readLedgerPage(context, ledger, page, {
    kind: "lines",
    accountId,
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...(knownAt === undefined ? {} : { knownAt }),
    ...ledgerOrder(page),
  });
}
