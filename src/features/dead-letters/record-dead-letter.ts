import { createHash } from "node:crypto";
import type { QueueName, Remains } from "../../operation/consumer.ts";
import type { SystemContext } from "../../operation/system-context.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { lettersFor } from "./dead-message.ts";
import { describeFault } from "./describe-fault.ts";
import { putDeadLetter } from "./store.ts";

/** A message that nothing took. */
export interface DeadMessage {
  readonly queue: QueueName;
  readonly remains: Remains;
  /** What its last attempt threw, where that is known. */
  readonly thrown?: unknown;
}

/** Stores what is left of a message that died, so that the operator finds it and has it sent again. Recorded twice, it is one. */
export async function recordDeadLetter(context: SystemContext, { queue, remains, thrown }: DeadMessage): Promise<void> {
  const { siteId, kind, message } = remains;
  const now = context.clock();
  await putDeadLetter(await lettersFor(context, siteId), {
    siteId,
    id: context.newId(),
    queue,
    kind,
    digest: createHash("sha256")
      .update(canonicalJson(message ?? { kind }))
      .digest("base64url"),
    message,
    error: thrown === undefined ? null : describeFault(thrown),
    requestId: context.requestId,
    status: "dead",
    retries: 0,
    createdAt: now,
    diedAt: now,
  });
}
