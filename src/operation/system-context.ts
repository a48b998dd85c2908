import { directoryDatabase } from "../db/directory-database.ts";
import type { Actor } from "../kernel/role.ts";
import type { SiteScope } from "../kernel/site-scope.ts";
import { logFor } from "../platform/log.ts";
import { newUuid, operationContext } from "./build-context.ts";
import type { BaseContext, OperationContext } from "./context.ts";

/** What work in the background is called with: the Worker's bindings, and its way to do something after the answer. */
export interface SystemParts {
  readonly env: Cloudflare.Env;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** What work in the background works with: no key stands behind it. */
export interface SystemContext extends BaseContext {
  readonly actor: Actor;
}

/** The context of a queue's message or a cron. `job`: who acts, as `countinghouse/<job>`. */
export function systemContext({ env, waitUntil }: SystemParts, job: string, requestId: string): SystemContext {
  return {
    env,
    directory: directoryDatabase(env),
    clock: Date.now,
    newId: newUuid,
    log: logFor(requestId),
    requestId,
    idempotency: undefined,
    waitUntil,
    actor: { kind: "service", id: `countinghouse/${job}`, role: "OWNER", humans: [] },
  };
}

/** The context within one site, as a key without a restriction to entities has it. */
export function contextInSite(context: SystemContext, site: SiteScope): OperationContext {
  const { kind, id, role } = context.actor;
  return operationContext({
    env: context.env,
    // No key has this id, and nothing counts the requests.
    authority: { tokenId: id, kind, principalId: id, role, site, entityIds: null, expiresAtMs: null, plan: 0, humans: [] },
    requestId: context.requestId,
    log: context.log,
    bookmark: undefined,
    waitUntil: context.waitUntil,
  });
}
