import { listSiteRows } from "../../db/site-rows.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import type { ListSitesQuery } from "./schemas.ts";
import { siteView } from "./views.ts";

/** The firm's sites. A key sees that they exist and reaches only its own. */
export async function listSites(context: OperationContext, query: ListSitesQuery) {
  requirePermission(context, "read");
  // The rows are listed whole: a filter of the query would be lost here.
  const filters = filtersOf(query) satisfies Record<string, never>;
  const page = readPage(context, query, { list: "sites", filters, sorts: ["createdAt"] });
  const { rows, total, after } = await listSiteRows(context.directory, context.site.firmId, page);
  return pageAnswer(page, { data: rows.map(siteView), totalCount: total, after });
}
