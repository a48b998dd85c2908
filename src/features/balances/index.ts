import { registerBalanceRoutes } from "./routes.ts";

export const feature = { name: "balances", register: registerBalanceRoutes };
