export { registerBalanceRoutes } from "./routes.ts";
