import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import type { ListUsersQuery } from "./schemas.ts";
import { listUserRows } from "./store.ts";
import { userView } from "./views.ts";

/** The firm's users. */
export async function listUsers(context: OperationContext, query: ListUsersQuery) {
  requirePermission(context, "users:write");
  // The rows are listed whole: a filter of the query would be lost here.
  const filters = filtersOf(query) satisfies Record<string, never>;
  const page = readPage(context, query, { list: "users", filters, sorts: ["createdAt"] });
  const { rows, total, after } = await listUserRows(context.directory, context.site.firmId, page);
  return pageAnswer(page, { data: rows.map(userView), totalCount: total, after });
}
