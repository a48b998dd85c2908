import { listSiteRows } from "../../db/site-rows.ts";
import type { Page } from "../../kernel/page.ts";
import type { OperationContext } from "../../operation/context.ts";
import { pageAnswer } from "../../operation/page.ts";
import { siteView } from "./views.ts";

/** The firm's sites. A key sees that they exist and reaches only its own. */
export async function listSites(context: OperationContext, page: Page<"createdAt">) {
  const { rows, total, after } = await listSiteRows(context.directory, context.site.firmId, page);
  return pageAnswer(page, { data: rows.map(siteView), totalCount: total, after });
}
