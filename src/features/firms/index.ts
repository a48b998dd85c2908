import type { Feature } from "../feature.ts";
import { firmRoutes } from "./routes.ts";

export const feature: Feature = {
  name: "firms",
  routes: firmRoutes,
};
