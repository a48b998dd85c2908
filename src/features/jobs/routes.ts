import { z } from "@hono/zod-openapi";
import { answer } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { type Route, route } from "../../http/route.ts";
import { getJob } from "./get-job.ts";
import { Job, jobExample } from "./schemas.ts";

const byId = z.object({ id: idField });

export const jobRoutes: readonly Route[] = [
  route(
    {
      operationId: "getJob",
      method: "get",
      path: "/jobs/{id}",
      alsoAt: ["/engine/jobs/{id}"],
      tag: "Ledgers",
      summary: "Read how far a job is",
      permission: "read",
      params: byId,
      answers: { 200: { description: "The job.", schema: Job, example: jobExample } },
    },
    (context, { params }) => getJob(context, params.id),
    (value) => answer(value),
  ),
];
