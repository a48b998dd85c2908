import type { Feature } from "../feature.ts";
import { siteOperatorRoutes } from "./operator-routes.ts";
import { siteRoutes } from "./routes.ts";

export { getSite, siteNow } from "./get-site.ts";
export { newSite } from "./new-site.ts";
export { issuedExample, SiteView, siteExample } from "./schemas.ts";
export { suits } from "./site-databases.ts";
export { siteView } from "./views.ts";

export const feature: Feature = {
  name: "sites",
  tags: { Sites: { description: "Firms and their sites: isolated environments, live or sandbox.", service: "ledger" } },
  routes: siteRoutes,
  operatorRoutes: siteOperatorRoutes,
};
