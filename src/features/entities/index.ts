import type { Feature } from "../feature.ts";
import { entityRoutes } from "./routes.ts";

export { continueRemovals } from "./continue-removals.ts";
export { createEntity } from "./create-entity.ts";
export { CreateEntityRequest } from "./schemas.ts";

export const feature: Feature = {
  name: "entities",
  tags: { Entities: { description: "Legal entities: companies, individuals, custodians.", service: "ledger" } },
  routes: entityRoutes,
};
