import { z } from "@hono/zod-openapi";
import { instant } from "../kernel/clock.ts";
import { answer, noStore } from "./answers.ts";
import type { Tags } from "./document/tags.ts";
import type { Router } from "./request-context.ts";
import { publicRoute, type Route } from "./route.ts";

const Health = z.object({ status: z.enum(["ok"]), service: z.string(), version: z.string(), time: z.string() }).openapi("Health");

/** The services whose prefixes the routes answer under, each with a health route of its own. */
const services = ["ledger", "event-service", "balances"] as const;

/** The group of the document. */
export const healthTag: Tags = { Health: { description: "Whether the services answer.", service: "ledger" } };

/** The health of the API as a route of it. */
export function healthRoute(version: string): Route {
  return publicRoute(
    {
      operationId: "getHealth",
      method: "get",
      path: "/health",
      tag: "Health",
      summary: "Whether the API answers",
      permission: "public",
      answers: {
        200: {
          schema: Health,
          description: "It does.",
          example: { status: "ok", service: "countinghouse", version: "0.1.0", time: "2026-06-08T09:30:00.000Z" },
        },
      },
    },
    async () => health("countinghouse", version),
    answerHealth,
  );
}

/** The same beside the API: of each service, and of the installation. */
export function registerHealth(router: Router, version: string): void {
  for (const service of services) router.get(`/v2/${service}/health`, () => answerHealth(health(service, version)));
  router.get("/health", () => answerHealth(health("countinghouse", version)));
}

function health(service: string, version: string): z.output<typeof Health> {
  return { status: "ok", service, version, time: instant(Date.now()) };
}

function answerHealth(value: z.output<typeof Health>): Response {
  return answer(value, 200, noStore);
}
