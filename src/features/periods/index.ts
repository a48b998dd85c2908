import { registerPeriodRoutes } from "./routes.ts";

export const feature = { name: "periods", register: registerPeriodRoutes };
