import type { Feature } from "../feature.ts";
import { accountOperatorRoutes } from "./operator-routes.ts";
import { accountRoutes } from "./routes.ts";

export { chartNames } from "./domain/charts/built-in.ts";
export { prepareBooks } from "./prepare-books.ts";
export { removeBooks } from "./remove-books.ts";
export { ledgerFactsConsumer } from "./take-ledger-facts.ts";

export const feature: Feature = {
  name: "accounts",
  tags: { Accounts: { description: "Accounts, charts of accounts and their import.", service: "ledger" } },
  routes: accountRoutes,
  operatorRoutes: accountOperatorRoutes,
};
