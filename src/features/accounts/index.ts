import type { Router } from "../../http/router.ts";
import { registerAccountOperatorRoutes } from "./operator-routes.ts";
import { registerAccountRoutes } from "./routes.ts";

export { closeBooks } from "./close-books.ts";
export { chartNames } from "./domain/charts/built-in.ts";
export { prepareBooks } from "./prepare-books.ts";
export { projectAccounts } from "./project-accounts.ts";

export const feature = {
  name: "accounts",
  register(router: Router): void {
    registerAccountRoutes(router);
    registerAccountOperatorRoutes(router);
  },
};
