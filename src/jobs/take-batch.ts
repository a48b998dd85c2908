import { isSiteMoving } from "../db/site-fence.ts";
import { openBody, recordDeadLetter, settleDeadLetter } from "../features/dead-letters/index.ts";
import { messageRetriesMax } from "../kernel/bounds.ts";
import type { QueueName } from "../operation/consumer.ts";
import { type SystemContext, type SystemParts, systemContext } from "../operation/system-context.ts";
import { consumers } from "./queues.ts";

/** How long a message waits while its site is moved. */
const movingDelaySeconds = 10;
/** A dead message that could not be stored waits longer each time: its hundred retries last the two weeks that its queue stores it. */
const buryAgainSeconds = 240;

/** Hands each message to its queue's consumer. One that fails is delivered again by itself. */
export async function takeBatch({ queue, messages }: MessageBatch, parts: SystemParts): Promise<void> {
  const { name, isDead } = queueOf(queue);
  for (const message of messages) {
    const context = systemContext(parts, consumers[name].job, `queue-${message.id}`);
    await (isDead ? bury : deliver)(context, name, message);
  }
}

async function deliver(context: SystemContext, name: QueueName, message: Message): Promise<void> {
  const { job, retryAfterSeconds } = consumers[name];
  const { attempts } = message;
  try {
    await takeOrPostpone(context, name, message);
    message.ack();
  } catch (error) {
    context.log.error("message_failed", error, { job, attempt: attempts });
    if (attempts > messageRetriesMax) await noteLastError(context, name, message, error);
    message.retry({ delaySeconds: retryAfterSeconds });
  }
}

async function takeOrPostpone(context: SystemContext, name: QueueName, { body, attempts }: Message): Promise<void> {
  const { message, letter } = openBody(body);
  try {
    await consumers[name].take(context, message, attempts);
    if (letter !== undefined) await settleDeadLetter(context, letter);
  } catch (error) {
    if (!isSiteMoving(error)) throw error;
    // Sent again as a new one: a retry would be counted, and a large site's move outlasts them all.
    await context.env[name].send(body, { delaySeconds: movingDelaySeconds });
  }
}

/** The message dies of it: its dead-letter queue knows the message alone. */
async function noteLastError(context: SystemContext, name: QueueName, { body }: Message, thrown: unknown): Promise<void> {
  const remains = consumers[name].remains(openBody(body).message);
  await recordDeadLetter(context, { queue: name, remains, thrown }).catch((error) =>
    context.log.error("dead_letter_failed", error, { job: consumers[name].job }),
  );
}

/** Stores what is left of a message that died. */
async function bury(context: SystemContext, name: QueueName, message: Message): Promise<void> {
  const { job, remains } = consumers[name];
  try {
    await recordDeadLetter(context, { queue: name, remains: remains(openBody(message.body).message) });
    message.ack();
  } catch (error) {
    context.log.error("dead_letter_failed", error, { job, attempt: message.attempts });
    message.retry({ delaySeconds: buryAgainSeconds * message.attempts });
  }
}

/** Behind the installation's name a queue is called as its binding is, and its dead-letter queue ends in -dead. */
function queueOf(queue: string): { readonly name: QueueName; readonly isDead: boolean } {
  const alive = queue.replace(/-dead$/, "");
  // The table's keys are the names of its type.
  const names = Object.keys(consumers) as (keyof typeof consumers)[];
  const name = names.find((binding) => alive.endsWith(`-${binding.toLowerCase().replaceAll("_", "-")}`));
  // Its messages stay where they are: what consumes a queue that this release does not know is another release.
  if (name === undefined) throw new Error(`Nobody takes messages of the queue ${queue}.`);
  return { name, isDead: alive !== queue };
}
