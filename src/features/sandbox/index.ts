import type { Feature } from "../feature.ts";
import { sandboxRoutes } from "./routes.ts";

export { continueResets } from "./continue-resets.ts";

export const feature: Feature = {
  name: "sandbox",
  routes: sandboxRoutes,
};
