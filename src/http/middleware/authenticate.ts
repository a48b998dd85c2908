import type { MiddlewareHandler } from "hono";
import { admit } from "../../access/leases.ts";
import { waitForFull } from "../../access/bucket.ts";
import type { Authority } from "../../access/token.ts";
import { failure } from "../../kernel/failures.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import type { RequestContext, Env } from "../router.ts";
import { countAttempt } from "./attempts.ts";

/** What the app does with a caller once it is known: builds the context, notes the use. */
export type Welcome = (c: RequestContext, authority: Authority, noteUse: boolean) => void;

function keyOf(c: RequestContext): string | undefined {
  const own = c.req.header("x-api-key");
  if (own !== undefined) return own;
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "");
  return bearer?.[1];
}

/**
 * Admits a request by its key, and puts the rate limit's headers on whatever is answered.
 * Requests without a good key are limited by address. Public routes take no key.
 */
export function authenticate(isPublic: (path: string, method: string) => boolean, welcome: Welcome): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (isPublic(c.req.path, c.req.method)) return next();
    const key = keyOf(c);
    const admission = key === undefined ? undefined : await admit(c.env.ACCESS, key, Date.now);
    if (admission === undefined || (!admission.ok && admission.reason === "unknown")) {
      const waitSeconds = countAttempt(c.req.header("cf-connecting-ip") ?? "unknown", Date.now());
      if (waitSeconds > 0) throw new Refused({ ...failure("RATE_LIMITED", `Too many requests without a valid key; wait ${waitSeconds} seconds.`), retryAfterSeconds: waitSeconds });
      throw refusal("UNAUTHENTICATED", key === undefined ? "The request carries no key." : "The key is unknown, expired or revoked.");
    }
    if (!admission.ok) {
      if (admission.reason !== "limited") return;
      const retryAfterSeconds = Math.max(1, Math.ceil(admission.retryAfterMs / 1000));
      c.set("rateLimit", { limit: admission.plan, remaining: 0, resetMs: waitForFull(0, admission.plan) });
      throw new Refused({ ...failure("RATE_LIMITED", `The key has used up its ${admission.plan} requests a minute; wait ${retryAfterSeconds} seconds.`), retryAfterSeconds });
    }
    const { authority, remaining } = admission;
    c.set("rateLimit", { limit: authority.plan, remaining, resetMs: waitForFull(remaining, authority.plan) });
    welcome(c, authority, admission.noteUse);
    await next();
  };
}
