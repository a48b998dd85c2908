import { type Page, pageAnswer } from "../../http/pages.ts";
import type { OperationContext } from "../../platform/context.ts";
import { endOfPage, listSiteRows } from "./store.ts";
import { siteView } from "./views.ts";

/** The firm's sites. A key sees that they exist and reaches only its own. */
export async function listSites(context: OperationContext, page: Page<"createdAt">) {
  const { rows, total } = await listSiteRows(context.directory, context.site.firmId, page);
  return pageAnswer(page, { data: rows.slice(0, page.limit).map(siteView), totalCount: total, after: endOfPage(rows, page.limit) });
}
