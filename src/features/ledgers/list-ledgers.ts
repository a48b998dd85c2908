import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import { ledgerInContext } from "./ledger-in-context.ts";
import type { ListLedgersQuery } from "./schemas.ts";
import { listLedgerPage } from "./store.ts";
import { ledgerView } from "./views.ts";

/** The ledgers of the site, or of one entity; of a restricted key's entities only. `scopedEntityId`: the company in the path. */
export async function listLedgers(context: OperationContext, query: ListLedgersQuery, scopedEntityId: string | undefined) {
  requirePermission(context, "read");
  if (scopedEntityId !== undefined) await ledgerInContext(context, { entityId: scopedEntityId }, "path");
  const filters = { ...filtersOf(query), entityId: scopedEntityId ?? query.entityId };
  const page = readPage(context, query, { list: "ledgers", filters, sorts: ["createdAt", "name", "currency"], direction: "asc" });
  const found = await listLedgerPage(context.db, filters, context.entityIds, page);
  return pageAnswer(page, { ...found, data: found.rows.map(ledgerView) });
}
