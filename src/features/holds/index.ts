export { registerHoldRoutes } from "./routes.ts";
