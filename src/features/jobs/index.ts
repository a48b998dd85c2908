import type { Feature } from "../feature.ts";
import { jobRoutes } from "./routes.ts";

export { recordJob } from "./record-job.ts";
export { removeJobs } from "./remove-jobs.ts";
export { Job, jobExample } from "./schemas.ts";

export const feature: Feature = {
  name: "jobs",
  routes: jobRoutes,
};
