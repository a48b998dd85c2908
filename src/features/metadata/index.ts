export { isCountry } from "./domain/country.ts";
export { registerMetadataRoutes } from "./routes.ts";
