export { registerSandboxRoutes } from "./routes.ts";
