import { createApp } from "./app.ts";
import { runCrons } from "./jobs/run-crons.ts";
import { takeBatch } from "./jobs/take-batch.ts";

export { AccessObject } from "./access/access-object.ts";
export { SignInObject } from "./access/sign-in-object.ts";
export { LedgerObject } from "./ledger/object/ledger-object.ts";

const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env, ctx) => takeBatch(batch, { env, waitUntil: (work) => ctx.waitUntil(work) }),
  scheduled: ({ cron }, env, ctx) => runCrons(cron, { env, waitUntil: (work) => ctx.waitUntil(work) }),
} satisfies ExportedHandler<Cloudflare.Env>;
