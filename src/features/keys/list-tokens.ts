import { listTokenRows } from "../../db/tokens.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type ListQuery, pageAnswer, readPage } from "../../operation/page.ts";
import { tokenView } from "./views.ts";

/** The site's keys, without their secrets. */
export async function listTokens(context: OperationContext, query: ListQuery) {
  requirePermission(context, "tokens:write");
  const page = readPage(context, query, { list: "tokens", filters: {}, sorts: ["createdAt"] });
  const { rows, total, after } = await listTokenRows(context.directory, context.site.id, page);
  const data = rows.map((row) => tokenView(row, context.clock()));
  return pageAnswer(page, { data, totalCount: total, after });
}
