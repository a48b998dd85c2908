import { instant } from "../../kernel/clock.ts";
import type { DeadLetterRow } from "./store.ts";

/** A queue as it is called in wrangler.toml, behind the installation's name. */
function queueNamed(binding: string): string {
  return binding.toLowerCase().replaceAll("_", "-");
}

export function bindingNamed(queue: string): string {
  return queue.toUpperCase().replaceAll("-", "_");
}

/** A dead letter as its operator sees it. */
export function deadLetterView({ siteId, id, queue, kind, message, error, requestId, status, retries, createdAt, diedAt }: DeadLetterRow) {
  return {
    id,
    queue: queueNamed(queue),
    kind,
    siteId: siteId === "" ? null : siteId,
    /** What is sent again; null where nothing can be. */
    message,
    error,
    requestId,
    status,
    retries,
    createdAt: instant(createdAt),
    diedAt: instant(diedAt),
  };
}
