import type { Feature } from "../feature.ts";
import { reportRoutes } from "./routes.ts";

export const feature: Feature = {
  name: "reports",
  tags: { Reports: { description: "Statements of a ledger.", service: "books", underCompany: true } },
  routes: reportRoutes,
};
