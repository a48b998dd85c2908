import { registerMetadataRoutes } from "./routes.ts";

export { isCountry } from "./domain/country.ts";

export const feature = { name: "metadata", register: registerMetadataRoutes };
