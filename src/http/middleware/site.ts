import { notFound } from "../../platform/refused.ts";
import type { Step } from "../pipeline.ts";

/** A path that names a site names the key's own; any other does not exist for it. */
export const siteInPath: Step = (c) => {
  const siteId = c.get("scope")?.siteId;
  if (siteId !== undefined && siteId !== c.get("context")?.site.id) throw notFound();
  return undefined;
};
