import { registerHoldRoutes } from "./routes.ts";

export const feature = { name: "holds", register: registerHoldRoutes };
