import type { Feature } from "../feature.ts";
import { sandboxRoutes } from "./routes.ts";

export const feature: Feature = {
  name: "sandbox",
  routes: sandboxRoutes,
};
