import type { Consumer } from "../operation/consumer.ts";
import { type SystemParts, systemContext } from "../operation/system-context.ts";
import { consumers } from "./queues.ts";

/** Hands each message to its queue's consumer. Each stands for itself: one that fails comes again, the others do not. */
export async function takeBatch({ queue, messages }: MessageBatch, parts: SystemParts): Promise<void> {
  const { job, retryAfterSeconds, take } = consumerOf(queue);
  for (const message of messages) {
    const context = systemContext(parts, job, `queue-${message.id}`);
    try {
      await take(context, message.body, message.attempts);
      message.ack();
    } catch (error) {
      context.log.error("message_failed", error, { job, attempt: message.attempts });
      message.retry({ delaySeconds: retryAfterSeconds });
    }
  }
}

/** The consumer of a queue: behind the installation's name, a queue is called as its binding is. */
function consumerOf(queue: string): Consumer {
  const found = Object.entries(consumers).find(([binding]) => queue.endsWith(`-${binding.toLowerCase().replaceAll("_", "-")}`));
  // Its messages stay where they are: who consumes a queue that this release does not know is another release.
  if (found === undefined) throw new Error(`Nobody takes messages of the queue ${queue}.`);
  return found[1];
}
