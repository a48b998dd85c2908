import type { Feature } from "../feature.ts";
import { registerPublicKeys, userRoutes } from "./routes.ts";

export { newUser } from "./new-user.ts";
export { ownersOf } from "./owners-of.ts";
export { propagateWaitingUsers } from "./propagate-user.ts";
export { purgeSessions } from "./purge-sessions.ts";
export { emailField, kindField, passwordField, roleField } from "./schemas.ts";
export { userOf } from "./user-of.ts";

export const feature: Feature = {
  name: "users",
  tags: { Users: { description: "The people of the firm: roles, passwords, sessions.", service: "ledger" } },
  routes: userRoutes,
  registerBeside: registerPublicKeys,
};
