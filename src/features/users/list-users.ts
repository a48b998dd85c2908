import type { Page } from "../../kernel/page.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { pageAnswer } from "../../operation/page.ts";
import { listUserRows } from "./store.ts";
import { userView } from "./views.ts";

/** The firm's users. */
export async function listUsers(context: OperationContext, page: Page<"createdAt">) {
  requirePermission(context, "users:write");
  const { rows, total, after } = await listUserRows(context.directory, context.site.firmId, page);
  return pageAnswer(page, { data: rows.map(userView), totalCount: total, after });
}
