import { listTokenRows } from "../../db/tokens.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import type { ListTokensQuery } from "./schemas.ts";
import { tokenView } from "./views.ts";

/** The site's keys that the one in use reaches, without their secrets. */
export async function listTokens(context: OperationContext, query: ListTokensQuery) {
  requirePermission(context, "tokens:write");
  // The rows are listed whole: a filter of the query would be lost here.
  const filters = filtersOf(query) satisfies Record<string, never>;
  const page = readPage(context, query, { list: "tokens", filters, sorts: ["createdAt"] });
  const { rows, total, after } = await listTokenRows(context.directory, context.site.id, context.entityIds, page);
  const data = rows.map((row) => tokenView(row, context.clock()));
  return pageAnswer(page, { data, totalCount: total, after });
}
