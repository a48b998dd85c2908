import { z } from "@hono/zod-openapi";
import { answer, answerOnce } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { type Route, route } from "../../http/route.ts";
import { cancelJob } from "./cancel-job.ts";
import { getJob } from "./get-job.ts";
import { listJobs } from "./list-jobs.ts";
import { Job, JobList, jobExample, ListJobsQuery, runningJobExample } from "./schemas.ts";

const byId = z.object({ id: idField });

export const jobRoutes: readonly Route[] = [
  route(
    {
      operationId: "listJobs",
      method: "get",
      path: "/jobs",
      tag: "Jobs",
      summary: "List jobs",
      description:
        "Sorted by `createdAt`. Each as it is at this moment: what works on it is asked. A ledger remembers its last 20 verifications.",
      permission: "read",
      query: ListJobsQuery,
      refusals: ["INVALID_CURSOR"],
      answers: {
        200: {
          description: "A page of jobs.",
          schema: JobList,
          example: { data: [runningJobExample], totalCount: 1, hasMore: false, nextCursor: null },
        },
      },
    },
    (context, { query, companyId }) => listJobs(context, query, companyId),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "getJob",
      method: "get",
      path: "/jobs/{id}",
      alsoAt: ["/engine/jobs/{id}"],
      tag: "Jobs",
      summary: "Read how far a job is",
      permission: "read",
      params: byId,
      answers: { 200: { description: "The job.", schema: Job, example: jobExample } },
    },
    (context, { params }) => getJob(context, params.id),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "cancelJob",
      method: "post",
      path: "/jobs/{id}/cancel",
      alsoAt: ["/engine/jobs/{id}/cancel"],
      tag: "Jobs",
      summary: "Cancel a job",
      description:
        "Ends a job before it is done; a verification can be cancelled, a close-out cannot. An agent cancels what it asked for itself. A job that has ended meanwhile stays as it ended, so that the request may be repeated: `status` says which.",
      permission: "read",
      idempotency: "site",
      params: byId,
      answers: {
        200: { description: "The job as it stands now.", schema: Job, example: { ...jobExample, status: "cancelled", result: null } },
      },
      refusals: ["JOB_NOT_CANCELLABLE"],
    },
    (context, { params }) => cancelJob(context, params.id),
    (once) => answerOnce(once, { status: 200 }),
  ),
];
