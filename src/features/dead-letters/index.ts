import type { Feature } from "../feature.ts";
import { deadLetterOperatorRoutes } from "./operator-routes.ts";

export { openBody } from "./dead-message.ts";
export { purgeDeadLetters } from "./purge-dead-letters.ts";
export { recordDeadLetter } from "./record-dead-letter.ts";
export { settleDeadLetter } from "./settle-dead-letter.ts";

export const feature: Feature = {
  name: "dead-letters",
  operatorRoutes: deadLetterOperatorRoutes,
};
