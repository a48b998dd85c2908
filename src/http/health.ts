import { z } from "@hono/zod-openapi";
import { instant } from "../kernel/clock.ts";
import { answer } from "./answers.ts";
import { mount, type Router } from "./router.ts";

const Health = z.object({ status: z.enum(["ok"]), service: z.string(), version: z.string(), time: z.string() }).openapi("Health");

/** The services whose prefixes the routes answer under, each with a health route of its own. */
const services = ["ledger", "event-service", "balances"] as const;

export function registerHealthRoutes(router: Router, version: string): void {
  const health = (service: string) =>
    answer({ status: "ok", service, version, time: instant(Date.now()) }, 200, { "Cache-Control": "no-store" });
  for (const service of services) router.get(`/v2/${service}/health`, () => health(service));
  router.get("/health", () => health("countinghouse"));
  mount(
    router,
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
    async () => health("countinghouse"),
  );
}
