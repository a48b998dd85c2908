import { registerReportRoutes } from "./routes.ts";

export const feature = { name: "reports", register: registerReportRoutes };
