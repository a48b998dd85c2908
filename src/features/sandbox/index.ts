import { registerSandboxRoutes } from "./routes.ts";

export const feature = { name: "sandbox", register: registerSandboxRoutes };
