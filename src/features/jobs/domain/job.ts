export const jobTypes = ["verify_ledger", "close_out_ledger"] as const;
export type JobType = (typeof jobTypes)[number];

export const jobStatuses = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** Of a job that may still change. What has ended stays as it ended. */
export const openStatuses = ["queued", "running"] as const satisfies readonly JobStatus[];

/** Whether a job of this status may still change. */
export function isOpen(status: JobStatus): boolean {
  return (openStatuses as readonly JobStatus[]).includes(status);
}
