import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { type ListQuery, pageAnswer, readPage } from "../../operation/page.ts";
import { listUserRows } from "./store.ts";
import { userView } from "./views.ts";

/** The firm's users. */
export async function listUsers(context: OperationContext, query: ListQuery) {
  requirePermission(context, "users:write");
  const page = readPage(context, query, { list: "users", filters: {}, sorts: ["createdAt"] });
  const { rows, total, after } = await listUserRows(context.directory, context.site.firmId, page);
  return pageAnswer(page, { data: rows.map(userView), totalCount: total, after });
}
