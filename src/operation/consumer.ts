import type { SystemContext } from "./system-context.ts";

/** The bindings that are queues. */
export type QueueName = {
  [Name in keyof Cloudflare.Env]-?: Cloudflare.Env[Name] extends Queue ? Name : never;
}[keyof Cloudflare.Env];

/** What is left of a message that died: enough to have done what it asked for, and nothing that a tenant wrote. */
export interface Remains {
  /** The site that the message is of; "" for none. */
  readonly siteId: string;
  readonly kind: string;
  /** A message of the same queue, of ids and numbers; null where nobody knows what was asked for. */
  readonly message: Readonly<Record<string, string | number>> | null;
}

/** Who takes the messages of a queue. */
export interface Consumer {
  /** Its name in the log, and as an actor. */
  readonly job: string;
  /** How long a message waits that failed. */
  readonly retryAfterSeconds: number;
  /** Takes one message. Throws where that failed, and where the message is of no kind that is known: whatever is not taken comes again. */
  readonly take: (context: SystemContext, body: unknown, attempt: number) => Promise<void>;
  /** What is stored of a message that died. */
  readonly remains: (body: unknown) => Remains;
}

/** A consumer of messages that `read` recognizes; of any other it answers undefined. */
export function consumer<M>(parts: {
  readonly job: string;
  readonly retryAfterSeconds: number;
  readonly read: (body: unknown) => M | undefined;
  readonly take: (context: SystemContext, message: M, attempt: number) => Promise<void>;
  readonly remains: (message: M) => Remains;
}): Consumer {
  const { job, retryAfterSeconds, read, take, remains } = parts;
  return {
    job,
    retryAfterSeconds,
    async take(context, body, attempt) {
      const message = read(body);
      if (message === undefined) throw new Error(`assertion failed: a message of ${job} is of a kind that this release knows`);
      await take(context, message, attempt);
    },
    remains(body) {
      const message = read(body);
      return message === undefined ? { siteId: "", kind: "unknown", message: null } : remains(message);
    },
  };
}
