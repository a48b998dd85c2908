export { demoEntity, demoYear } from "./domain/demo-company.ts";
export { endTokens, endTokensOfUser, type TokenContext, tellTokens, tellTokensOfUser } from "./end-tokens.ts";
export { getSite } from "./get-site.ts";
export { defaultPlan, issueToken } from "./issue-token.ts";
export { newSite } from "./new-site.ts";
export { registerOperatorRoutes } from "./operator-routes.ts";
export type { UserOf } from "./principal.ts";
export { registerSiteRoutes } from "./routes.ts";
export { kindField, ResetSite, ResetSiteRequest, roleField, SiteView, siteExample, tokenExample } from "./schemas.ts";
export { suits } from "./site-databases.ts";
export {
  closeToNewSites,
  countSitesByDatabase,
  deleteEndedSessionTokens,
  findFirstLiveSite,
  findSessionToken,
  findSite,
  findSiteScope,
  insertSite,
  insertToken,
  keepEpoch,
  noteTokenUse,
  type SiteRow,
  siteScope,
  switchDatabase,
  tokensOfUser,
} from "./store.ts";
export { tellSomeTokens } from "./tell-tokens.ts";
export { siteView } from "./views.ts";
