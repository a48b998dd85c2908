import type { Feature } from "../feature.ts";
import { periodRoutes } from "./routes.ts";

export const feature: Feature = {
  name: "periods",
  tags: { Periods: { description: "Locks on periods.", service: "books", underCompany: true } },
  routes: periodRoutes,
};
