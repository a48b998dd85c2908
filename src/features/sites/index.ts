export { endTokens, endTokensOfUser, type TokenContext, tellTokens, tellTokensOfUser } from "../../access/end-tokens.ts";
export { defaultPlan, issueToken } from "../../access/issue-token.ts";
export { tellSomeTokens } from "../../access/tell-tokens.ts";
export type { UserOf } from "../keys/principal.ts";
export { demoEntity, demoYear } from "../sandbox/domain/demo-company.ts";
export { getSite } from "./get-site.ts";
export { newSite } from "./new-site.ts";
export { registerOperatorRoutes } from "./operator-routes.ts";
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
export { siteView } from "./views.ts";
