export { newUser } from "./new-user.ts";
export { purgeSessions } from "./purge-sessions.ts";
export { registerUserRoutes } from "./routes.ts";
export { emailField, passwordField } from "./schemas.ts";
export type { SignInContext } from "./sign-in.ts";
export { tellUntoldUsers } from "./tell-user.ts";
export { userOf } from "./user-of.ts";
