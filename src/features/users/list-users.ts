import type { OperationContext } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import { siteOfUsersSeen } from "./reach.ts";
import type { ListUsersQuery } from "./schemas.ts";
import { listUserRows } from "./store.ts";
import { userView } from "./views.ts";

/** The firm's users whom the key sees. */
export async function listUsers(context: OperationContext, query: ListUsersQuery) {
  const siteId = siteOfUsersSeen(context);
  // The rows are listed whole: a filter of the query would be lost here.
  const filters = filtersOf(query) satisfies Record<string, never>;
  const page = readPage(context, query, { list: "users", filters, sorts: ["createdAt"] });
  const { rows, total, after } = await listUserRows(context.directory, context.site.firmId, siteId, page);
  return pageAnswer(page, { data: rows.map(userView), totalCount: total, after });
}
