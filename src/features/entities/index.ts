export { createEntity } from "./create-entity.ts";
export { entityResolver, forgetEntities } from "./entity-resolver.ts";
export { getEntity } from "./get-entity.ts";
export { registerEntityRoutes } from "./routes.ts";
export { CreateEntityRequest } from "./schemas.ts";
