import { listTokenRows } from "../../db/tokens.ts";
import type { Page } from "../../kernel/page.ts";
import type { OperationContext } from "../../operation/context.ts";
import { pageAnswer } from "../../operation/page.ts";
import { tokenView } from "./views.ts";

/** The site's keys, without their secrets. */
export async function listTokens(context: OperationContext, page: Page<"createdAt">) {
  const { rows, total, after } = await listTokenRows(context.directory, context.site.id, page);
  const data = rows.map((row) => tokenView(row, context.clock()));
  return pageAnswer(page, { data, totalCount: total, after });
}
