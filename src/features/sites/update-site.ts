import type { z } from "@hono/zod-openapi";
import { updateSomeTokens } from "../../access/update-some-tokens.ts";
import { type SiteRow, siteScope, updateSiteRow } from "../../db/site-rows.ts";
import { type OperationContext, requirePermission, requireWholeSite } from "../../operation/context.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { refusal } from "../../platform/refused.ts";
import { getSite } from "./get-site.ts";
import type { UpdateSiteRequest } from "./schemas.ts";

/** Changes the site's name and origins, and updates its keys. */
export async function updateSite(
  context: OperationContext,
  id: string,
  request: z.infer<typeof UpdateSiteRequest>,
  revisions: Revisions | undefined,
): Promise<SiteRow> {
  requirePermission(context, "sites:write");
  const site = await getSite(context, id);
  requireWholeSite(context);
  requireRevision(revisions, site.revision);
  const changed = await updateSiteRow(context.directory, site, request);
  if (!changed) throw refusal("PRECONDITION_FAILED", "The site was changed meanwhile.");
  const scope = siteScope(changed);
  let updated: string | null = null;
  do updated = await updateSomeTokens(context.env, context.directory, scope, updated);
  while (updated !== null);
  return changed;
}
