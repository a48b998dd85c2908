import { findSite, type SiteRow, siteScope } from "../../db/site-rows.ts";
import type { SiteScope } from "../../kernel/site-scope.ts";
import type { OperationContext } from "../../operation/context.ts";
import { notFound } from "../../platform/refused.ts";

/** The key's own site: any other does not exist for it. */
export async function getSite(context: OperationContext, id: string): Promise<SiteRow> {
  const row = id === context.site.id ? await findSite(context.directory, id) : undefined;
  if (!row) throw notFound();
  return row;
}

/** The key's site as it is now: a lease may be older than the site's last move, and what it says is not to be given to a new key. */
export async function siteNow(context: OperationContext): Promise<SiteScope> {
  return siteScope(await getSite(context, context.site.id));
}
