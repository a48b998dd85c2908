import { z } from "@hono/zod-openapi";
import { idField, instantField, sequenceField } from "../../http/fields.ts";

export const Job = z
  .object({
    id: idField,
    type: z.enum(["verify_ledger", "close_out_ledger"]),
    status: z.enum(["running", "succeeded", "failed"]),
    createdAt: instantField,
    finishedAt: instantField.nullable(),
    progress: z.object({ sequence: sequenceField, head: sequenceField }).openapi({
      description: "How far the log has been checked, or is in the archive, of the sequence at which that ends.",
    }),
    result: z.object({ ok: z.boolean(), sequence: sequenceField, seal: z.string(), faults: z.array(z.string()) }).nullable(),
  })
  .openapi("Job");

export const jobExample = {
  id: "01980c1e-7e0c-7abc-9def-0123456789ad",
  type: "verify_ledger",
  status: "succeeded",
  createdAt: "2026-06-08T09:30:00.000Z",
  finishedAt: "2026-06-08T09:30:01.000Z",
  progress: { sequence: 1817, head: 1817 },
  result: { ok: true, sequence: 1817, seal: "xKt1b0rDkVm0nGf5mJ8lq0h3mWb3mD0o1yJ1y3lq9dU", faults: [] },
} satisfies z.input<typeof Job>;
