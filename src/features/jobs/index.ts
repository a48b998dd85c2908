import type { Feature } from "../feature.ts";
import { jobRoutes } from "./routes.ts";

export { recordJob } from "./record-job.ts";
export { removeJobs } from "./remove-jobs.ts";
export { Job, jobExample, runningJobExample } from "./schemas.ts";
export type { JobView } from "./views.ts";

export const feature: Feature = {
  name: "jobs",
  tags: { Jobs: { description: "Work that outlasts its request: how far it is, and what has come of it.", service: "ledger" } },
  routes: jobRoutes,
};
