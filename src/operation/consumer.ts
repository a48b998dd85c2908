import type { SystemContext } from "./system-context.ts";

/** The bindings that are queues. */
export type QueueName = {
  [Name in keyof Cloudflare.Env]-?: Cloudflare.Env[Name] extends Queue ? Name : never;
}[keyof Cloudflare.Env];

/** Who takes the messages of a queue. */
export interface Consumer {
  /** Its name in the log, and as an actor. */
  readonly job: string;
  /** How long a message waits that failed. */
  readonly retryAfterSeconds: number;
  /** Takes one message. Throws where that failed, and where the message is of no kind that is known: whatever is not taken comes again. */
  readonly take: (context: SystemContext, body: unknown, attempt: number) => Promise<void>;
}

/** A consumer of messages that `read` recognizes; it throws at any other. */
export function consumer<M>(parts: {
  readonly job: string;
  readonly retryAfterSeconds: number;
  readonly read: (body: unknown) => M;
  readonly take: (context: SystemContext, message: M, attempt: number) => Promise<void>;
}): Consumer {
  const { job, retryAfterSeconds, read, take } = parts;
  return { job, retryAfterSeconds, take: async (context, body, attempt) => take(context, read(body), attempt) };
}
