import type { z } from "@hono/zod-openapi";
import { forgetLeasesOf } from "../../access/leases.ts";
import { requireRevision } from "../../http/etag.ts";
import { type OperationContext, requirePermission, requireWholeSite } from "../../platform/context.ts";
import { refusal } from "../../platform/refused.ts";
import { getSite } from "./get-site.ts";
import type { UpdateSiteRequest } from "./schemas.ts";
import { liveTokenIds, type SiteRow, siteScope, updateSiteRow } from "./store.ts";

/** Changes the site's name and origins, and tells its keys. */
export async function updateSite(
  context: OperationContext,
  id: string,
  request: z.infer<typeof UpdateSiteRequest>,
  ifMatch: string | undefined,
): Promise<SiteRow> {
  requirePermission(context, "sites:write");
  const site = await getSite(context, id);
  requireWholeSite(context);
  requireRevision(ifMatch, site.revision);
  const changed = await updateSiteRow(context.directory, site, request);
  if (!changed) throw refusal("PRECONDITION_FAILED", "The site was changed meanwhile.");
  const scope = siteScope(changed);
  for (const tokenId of await liveTokenIds(context.directory, id)) {
    await context.env.ACCESS.getByName(tokenId).setSite(scope);
    forgetLeasesOf(tokenId);
  }
  return changed;
}
