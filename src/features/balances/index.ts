import type { Feature } from "../feature.ts";
import { balanceRoutes } from "./routes.ts";

export const feature: Feature = {
  name: "balances",
  tags: { Balances: { description: "Balances at any date, as known at any sequence.", service: "balances" } },
  routes: balanceRoutes,
};
