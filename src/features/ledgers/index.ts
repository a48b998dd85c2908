export { closeBooks } from "../accounts/close-books.ts";
export { chartNames } from "../accounts/domain/charts/built-in.ts";
export { openAccounts } from "../accounts/open-accounts.ts";
export { prepareBooks } from "../accounts/prepare-books.ts";
export { projectAccounts } from "../accounts/project-accounts.ts";
export { setApprovalPolicy } from "./approval-policy.ts";
export {
  forgetLedgers,
  type LedgerInContext,
  ledgerInContext,
  ledgerOfId,
  ledgerOfNumber,
  listLedgersOfEntity,
} from "./ledger-in-context.ts";
export { registerLedgerOperatorRoutes } from "./operator-routes.ts";
export { registerLedgerRoutes } from "./routes.ts";
