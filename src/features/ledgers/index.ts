export { setApprovalPolicy } from "./approval-policy.ts";
export { closeBooks } from "./close-books.ts";
export { chartNames } from "./domain/charts/built-in.ts";
export {
  forgetLedgers,
  type LedgerInContext,
  ledgerInContext,
  ledgerOfId,
  ledgerOfNumber,
  listLedgersOfEntity,
} from "./ledger-in-context.ts";
export { openAccounts } from "./open-accounts.ts";
export { registerLedgerOperatorRoutes } from "./operator-routes.ts";
export { prepareBooks } from "./prepare-books.ts";
export { projectAccounts } from "./project-accounts.ts";
export { registerLedgerRoutes } from "./routes.ts";
