import type { Feature } from "../feature.ts";
import { siteMoveOperatorRoutes } from "./operator-routes.ts";

export { giveUp } from "./abort-move.ts";
export { advanceMove } from "./advance-move.ts";
export { continueMove, continueMoves } from "./continue-move.ts";

export const feature: Feature = {
  name: "site-moves",
  operatorRoutes: siteMoveOperatorRoutes,
};
