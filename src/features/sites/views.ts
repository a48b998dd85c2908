import type { SiteRow } from "../../db/site-rows.ts";
import { instant } from "../../kernel/clock.ts";
import type { SiteView } from "./schemas.ts";

export function siteView(row: SiteRow): SiteView {
  const { id, firmId, name, environment, jurisdiction, regionHint, origins } = row;
  return { id, firmId, name, environment, jurisdiction, regionHint, origins, createdAt: instant(row.createdAt) };
}
