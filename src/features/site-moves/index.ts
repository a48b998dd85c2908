export { giveUp } from "./abort-move.ts";
export { advanceMove } from "./advance-move.ts";
export { continueMove, continueMoves } from "./continue-move.ts";
export { registerSiteMoveRoutes } from "./operator-routes.ts";
