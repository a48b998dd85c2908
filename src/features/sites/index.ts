export { demoEntity, demoYear } from "./domain/demo-company.ts";
export { issueToken } from "./issue-token.ts";
export { newSite } from "./new-site.ts";
export { registerOperatorRoutes } from "./operator-routes.ts";
export { registerSiteRoutes } from "./routes.ts";
export { ResetSite, ResetSiteRequest } from "./schemas.ts";
export { findSiteScope, insertSite, insertToken, noteTokenUse, siteScope } from "./store.ts";
