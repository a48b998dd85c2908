import type { MiddlewareHandler } from "hono";
import { refusal } from "../../platform/refused.ts";
import type { Env } from "../router.ts";

/** A path that names a site names the key's own; any other does not exist for it. */
export const siteInPath: MiddlewareHandler<Env> = async (c, next) => {
  const { siteId } = c.var.scope;
  if (siteId !== undefined && siteId !== c.get("context")?.site.id) throw refusal("NOT_FOUND", "Nothing with this id exists in the site.");
  await next();
};
