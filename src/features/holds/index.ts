import type { Feature } from "../feature.ts";
import { holdRoutes } from "./routes.ts";

export { sweepHoldGroups } from "./sweep-hold-groups.ts";

export const feature: Feature = {
  name: "holds",
  tags: { Holds: { description: "Pending entries: placed, then settled in full or in part, released, or expired.", service: "ledger" } },
  routes: holdRoutes,
};
