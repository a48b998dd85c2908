import { isAccessToken, readAccessToken } from "../../access/access-token.ts";
import { waitForFull } from "../../access/bucket.ts";
import { isListed } from "../../access/is-listed.ts";
import { type Admission, admit, admitFromLease, admitSession } from "../../access/leases.ts";
import { type Authority, hasMark, type KeyParts } from "../../access/token.ts";
import { rateLimited, refusal } from "../../platform/refused.ts";
import { cursorSecret } from "../../platform/secrets.ts";
import type { Step } from "../pipeline.ts";
import type { RequestContext } from "../request-context.ts";
import type { RouteTable } from "../route-table.ts";
import { countAttempt, countPublicWrite, noRoute, notThere, uncountAttempt } from "./attempts.ts";

/** What the app does with a caller once it is known: builds the context, notes the use. */
export type OnAuthenticated = (c: RequestContext, authority: Authority, noteUse: boolean) => void;

function keyOf(c: RequestContext): string | undefined {
  const own = c.req.header("x-api-key");
  if (own !== undefined) return own;
  const bearer = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "");
  return bearer?.[1];
}

/** By a lease of the key or the session. Normally one is at hand, and nothing is waited for. */
function admitBy(c: RequestContext, key: string): Admission | Promise<Admission> {
  const leased = admitFromLease(key, Date.now());
  if (leased !== undefined) return leased;
  const strangers = {
    hasMark: (parts: KeyParts) => hasMark(cursorSecret(c.env), parts),
    isListed: ({ tokenId }: KeyParts) => isListed(c.env, tokenId),
    count: () => countAttempt(c),
    uncount: () => uncountAttempt(c),
  };
  if (!isAccessToken(key)) return admit(c.env.ACCESS, key, Date.now, strangers);
  return admitSession(c.env.ACCESS, key, Date.now, (accessToken, nowMs) => readAccessToken(c.env, accessToken, nowMs), strangers);
}

/**
 * Admits a request by its key or access token, and leaves the rate limit for the headers of whatever is answered.
 * Requests without a good key are limited by address. Public routes take no key.
 */
export function authenticate({ isPublic, methodsOf }: RouteTable, onAuthenticated: OnAuthenticated): Step {
  const enter = (c: RequestContext, key: string | undefined, admission: Admission | undefined): undefined => {
    if (admission === undefined) countAttempt(c);
    if (admission === undefined || (!admission.ok && admission.reason === "unknown")) {
      throw refusal(
        "UNAUTHENTICATED",
        key === undefined
          ? "The request carries no key: send it as X-API-Key or Authorization: Bearer."
          : "The key or access token is unknown, expired or revoked.",
      );
    }
    if (!admission.ok) {
      if (admission.reason !== "limited") return;
      // Counted in whole seconds of the clock, as Reset is: who waits this long is never too early for it.
      const now = Date.now();
      const retryAfterSeconds = Math.max(1, Math.ceil((now + admission.retryAfterMs) / 1000) - Math.floor(now / 1000));
      c.set("rateLimit", { limit: admission.plan, remaining: 0, resetMs: admission.retryAfterMs });
      throw rateLimited(`The key has used up its ${admission.plan} requests a minute`, retryAfterSeconds);
    }
    const { authority, remaining } = admission;
    c.set("rateLimit", { limit: authority.plan, remaining, resetMs: waitForFull(remaining, authority.plan) });
    onAuthenticated(c, authority, admission.noteUse);
  };
  return (c) => {
    const { path, method } = c.req;
    if (isPublic(path, method)) {
      const { siteId, entityId } = c.get("scope") ?? {};
      // Without a key there is no site, and so nothing of one.
      if (siteId !== undefined || entityId !== undefined) throw notThere(c);
      if (method === "POST") countPublicWrite(c);
      return undefined;
    }
    const key = keyOf(c);
    // What is not there is not there for anyone: the routes are no secret.
    if (key === undefined && !methodsOf(path).includes(method === "HEAD" ? "GET" : method)) throw noRoute(c);
    const admission = key === undefined ? undefined : admitBy(c, key);
    return admission instanceof Promise ? admission.then((admitted) => enter(c, key, admitted)) : enter(c, key, admission);
  };
}
