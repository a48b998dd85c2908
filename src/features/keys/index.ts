import type { Feature } from "../feature.ts";
import { keyOperatorRoutes } from "./operator-routes.ts";
import { keyRoutes } from "./routes.ts";

export const feature: Feature = {
  name: "keys",
  tags: { Keys: { description: "API keys: roles, restrictions, rotation, revocation.", service: "ledger" } },
  routes: keyRoutes,
  operatorRoutes: keyOperatorRoutes,
};
