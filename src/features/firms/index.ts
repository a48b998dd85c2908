export { registerFirmRoutes } from "./routes.ts";
