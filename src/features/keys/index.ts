import type { Router } from "../../http/router.ts";
import { registerKeyOperatorRoutes } from "./operator-routes.ts";
import { registerKeyRoutes } from "./routes.ts";

export const feature = {
  name: "keys",
  register(router: Router): void {
    registerKeyRoutes(router);
    registerKeyOperatorRoutes(router);
  },
};
