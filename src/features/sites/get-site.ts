import type { OperationContext } from "../../platform/context.ts";
import { refusal } from "../../platform/refused.ts";
import { findSite, type SiteRow } from "./store.ts";

/** The key's own site: any other does not exist for it. */
export async function getSite(context: OperationContext, id: string): Promise<SiteRow> {
  const row = id === context.site.id ? await findSite(context.directory, id) : undefined;
  if (!row) throw refusal("NOT_FOUND", "Nothing with this id exists in the site.");
  return row;
}
