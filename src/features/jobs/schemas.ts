import { z } from "@hono/zod-openapi";
import { idField, instantField, principalField, sequenceField, totalField } from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import type { ListQuery } from "../../operation/page.ts";
import { jobStatuses, jobTypes } from "./domain/job.ts";

const typeField = z.enum(jobTypes);
const statusField = z.enum(jobStatuses);

export const Job = z
  .object({
    id: idField,
    type: typeField,
    status: statusField,
    createdAt: instantField,
    finishedAt: instantField.nullable(),
    progress: z
      .object({
        done: totalField,
        total: totalField,
        sequence: sequenceField.openapi({ description: "How far the log has been checked, or is in the archive." }),
        head: sequenceField.openapi({ description: "The sequence at which that ends." }),
      })
      .openapi({ description: "How much is done of how much. Of a ledger's job: facts of its log." }),
    result: z
      .object({ ok: z.boolean(), sequence: sequenceField, seal: z.string(), faults: z.array(z.string()) })
      .nullable()
      .openapi({ description: "What has come of it; null while it is under way, and where it was cancelled." }),
    error: z
      .object({ code: z.enum(["FAULTS_FOUND"]), message: z.string() })
      .nullable()
      .openapi({ description: "Why it failed." }),
    owner: z
      .union([principalField, z.null()])
      .openapi({ description: "Who asked for it first; null of jobs from before owners were noted." }),
    entityId: idField.nullable().openapi({ description: "The entity whose books it is about; null for all of the site." }),
    ledgerId: idField.nullable().openapi({ description: "The ledger that works on it." }),
    links: z
      .object({
        self: z.string(),
        ledger: z.string().nullable(),
        cancel: z.string().nullable().openapi({ description: "Where it is cancelled; null where it has ended, or cannot be." }),
      })
      .openapi({ description: "Paths of this API." }),
  })
  .openapi("Job");

export const ListJobsQuery = z.object({
  type: typeField.optional(),
  status: statusField.optional().openapi({ description: "As of this moment.", example: "running" }),
  entityId: idField.optional(),
  ledgerId: idField.optional(),
  ...listQuery,
});
export type ListJobsQuery = z.output<typeof ListJobsQuery>;
export type JobsFilter = Omit<ListJobsQuery, keyof ListQuery>;

export const JobList = pageOf(Job, "JobList");

export const jobExample = {
  id: "01980c1e-7e0c-7abc-9def-0123456789ad",
  type: "verify_ledger",
  status: "succeeded",
  createdAt: "2026-06-08T09:30:00.000Z",
  finishedAt: "2026-06-08T09:30:01.000Z",
  progress: { done: 1817, total: 1817, sequence: 1817, head: 1817 },
  result: { ok: true, sequence: 1817, seal: "xKt1b0rDkVm0nGf5mJ8lq0h3mWb3mD0o1yJ1y3lq9dU", faults: [] },
  error: null,
  owner: { kind: "person", id: "01980c1e-7e0c-7abc-9def-0123456789ae" },
  entityId: "01980c1e-7e0c-7abc-9def-0123456789ab",
  ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac",
  links: {
    self: "/api/v1/jobs/01980c1e-7e0c-7abc-9def-0123456789ad",
    ledger: "/api/v1/ledgers/01980c1e-7e0c-7abc-9def-0123456789ac",
    cancel: null,
  },
} satisfies z.input<typeof Job>;

export const runningJobExample = {
  ...jobExample,
  status: "running",
  finishedAt: null,
  progress: { done: 1500, total: 1817, sequence: 1500, head: 1817 },
  result: null,
  links: { ...jobExample.links, cancel: "/api/v1/jobs/01980c1e-7e0c-7abc-9def-0123456789ad/cancel" },
} satisfies z.input<typeof Job>;
