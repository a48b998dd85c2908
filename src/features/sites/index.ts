import type { Router } from "../../http/router.ts";
import { registerSiteOperatorRoutes } from "./operator-routes.ts";
import { registerSiteRoutes } from "./routes.ts";

export { getSite, siteNow } from "./get-site.ts";
export { newSite } from "./new-site.ts";
export { issuedExample, SiteView, siteExample } from "./schemas.ts";
export { suits } from "./site-databases.ts";
export { siteView } from "./views.ts";

export const feature = {
  name: "sites",
  register(router: Router): void {
    registerSiteRoutes(router);
    registerSiteOperatorRoutes(router);
  },
};
