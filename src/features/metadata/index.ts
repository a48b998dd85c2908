import type { Feature } from "../feature.ts";
import { metadataRoutes } from "./routes.ts";

export { isCountry } from "./domain/country.ts";

export const feature: Feature = {
  name: "metadata",
  tags: { Metadata: { description: "Countries, currencies, and the site's own types, products and categories.", service: "events" } },
  routes: metadataRoutes,
};
