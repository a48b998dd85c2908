import type { Router } from "../../http/router.ts";
import { registerLedgerOperatorRoutes } from "./operator-routes.ts";
import { registerLedgerRoutes } from "./routes.ts";

export { setApprovalPolicy } from "./approval-policy.ts";
export { hasLedger, isInCatalogue } from "./in-catalogue.ts";
export {
  forgetLedgers,
  type LedgerInContext,
  ledgerInContext,
  ledgerOfId,
  ledgerOfNumber,
  listLedgersOfEntity,
} from "./ledger-in-context.ts";
export { noteHead } from "./note-head.ts";
export { prepareLedger } from "./prepare-ledger.ts";
export { removeLedgers } from "./remove-ledgers.ts";
export { ledgerExample } from "./schemas.ts";
export { writeOf } from "./write-of.ts";

export const feature = {
  name: "ledgers",
  register(router: Router): void {
    registerLedgerRoutes(router);
    registerLedgerOperatorRoutes(router);
  },
};
