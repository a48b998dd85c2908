import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import type { ListAccountsQuery } from "./schemas.ts";
import { listAccountRows } from "./store.ts";
import { accountView } from "./views.ts";

/** The accounts of a ledger, as its catalogue has them; balances are asked of the ledger. */
export async function listAccounts(context: OperationContext, entityId: string, query: ListAccountsQuery) {
  requirePermission(context, "read");
  const { entityId: _entityId, ledgerId, currency, ...filters } = filtersOf(query);
  const ledger = await ledgerInContext(context, { entityId, ledgerId, currency }, "query");
  const page = readPage(context, query, {
    // A list for each ledger: the ledger narrows nothing, and so the count of all its accounts is exact.
    list: `accounts ${ledger.id}`,
    filters,
    sorts: ["code", "name", "createdAt"],
    direction: "asc",
  });
  const found = await listAccountRows(context.db, ledger.id, filters, page);
  return pageAnswer(page, { ...found, data: found.rows.map((row) => accountView(row, ledger)) });
}
