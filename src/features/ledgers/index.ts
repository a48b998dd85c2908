import type { Feature } from "../feature.ts";
import { ledgerOperatorRoutes } from "./operator-routes.ts";
import { ledgerRoutes } from "./routes.ts";

export { hasLedger, isInCatalogue } from "./in-catalogue.ts";
export {
  forgetLedgers,
  type LedgerChoice,
  type LedgerInContext,
  ledgerInContext,
  ledgerOfId,
  ledgerOfNumber,
  listLedgerNumbers,
  listLedgersOfEntity,
} from "./ledger-in-context.ts";
export { noteHead } from "./note-head.ts";
export { prepareLedger } from "./prepare-ledger.ts";
export { ledgerRefusals } from "./refusals.ts";
export { freezeLedgers, retireLedgers, thawLedgers } from "./removal.ts";
export { removeLedgers } from "./remove-ledgers.ts";
export { retireLedgersOfSite } from "./retire-ledgers-of-site.ts";
export { ledgerExample, pendingExample, SharedPending } from "./schemas.ts";
export { driveSharedRecord, healSharedRecord, pendingView, readSharedRecord, recordToChange } from "./shared-record.ts";
export { sweepSharedRecords } from "./sweep-shared-records.ts";
export { writeById } from "./write-by-id.ts";

export const feature: Feature = {
  name: "ledgers",
  tags: { Ledgers: { description: "An entity's books in one currency, and their verification.", service: "ledger" } },
  routes: ledgerRoutes,
  operatorRoutes: ledgerOperatorRoutes,
};
