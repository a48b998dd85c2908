import type { Feature } from "../feature.ts";
import { siteMoveOperatorRoutes } from "./operator-routes.ts";

export { continueMoves } from "./continue-move.ts";
export { siteMovesConsumer } from "./take-move.ts";

export const feature: Feature = {
  name: "site-moves",
  operatorRoutes: siteMoveOperatorRoutes,
};
