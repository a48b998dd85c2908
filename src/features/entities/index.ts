import { registerEntityRoutes } from "./routes.ts";

export { createEntity } from "./create-entity.ts";
export { getEntity } from "./get-entity.ts";
export { CreateEntityRequest } from "./schemas.ts";

export const feature = { name: "entities", register: registerEntityRoutes };
