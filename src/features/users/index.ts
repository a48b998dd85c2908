import { registerUserRoutes } from "./routes.ts";

export { newUser } from "./new-user.ts";
export { purgeSessions } from "./purge-sessions.ts";
export { emailField, kindField, passwordField, roleField } from "./schemas.ts";
export { tellUntoldUsers } from "./tell-user.ts";
export { userOf } from "./user-of.ts";

export const feature = { name: "users", register: registerUserRoutes };
