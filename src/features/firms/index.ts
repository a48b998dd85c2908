import { registerFirmRoutes } from "./routes.ts";

export const feature = { name: "firms", register: registerFirmRoutes };
