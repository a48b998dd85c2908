import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
  getQueueResult,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";
import { crons } from "../../src/jobs/crons.ts";
import { type SystemContext, systemContext } from "../../src/operation/system-context.ts";

/** Runs every cron, as each of their triggers does. */
export async function runEveryCron(bindings: Cloudflare.Env = env): Promise<void> {
  for (const cron of new Set(Object.values(crons).map(({ at }) => at))) {
    const ctx = createExecutionContext();
    await worker.scheduled(createScheduledController({ cron }), bindings, ctx);
    await waitOnExecutionContext(ctx);
  }
}

/** Hands the Worker a message as its queue does, and answers what becomes of the message. */
export async function deliver(
  queue: string,
  body: unknown,
  given: { readonly attempts?: number; readonly bindings?: Cloudflare.Env } = {},
) {
  const { attempts = 1, bindings = env } = given;
  const batch = createMessageBatch(queue, [{ id: crypto.randomUUID(), timestamp: new Date(), attempts, body }]);
  const ctx = createExecutionContext();
  await worker.queue(batch, bindings, ctx);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
  return { acknowledged: explicitAcks.length, retried: retryMessages.length };
}

/** What work in the background works with, at an instant. */
export function backgroundAt(nowMs: number): SystemContext {
  return { ...systemContext({ env, waitUntil: () => undefined }, "test", "test"), clock: () => nowMs };
}
