import { leaseMs } from "../kernel/bounds.ts";
import { objectOf } from "../platform/objects.ts";
import { lookAgain } from "../platform/turns.ts";
import type { AccessObject } from "./access-object.ts";
import { type Authority, hashSecret, type KeyParts, type LeaseOutcome, readKey, type SessionParts } from "./token.ts";

/** A request's admission: what the key may, and what is left of its bucket. */
export type Admission =
  | { readonly ok: true; readonly authority: Authority; readonly remaining: number; readonly noteUse: boolean }
  | { readonly ok: false; readonly reason: "unknown" }
  | { readonly ok: false; readonly reason: "limited"; readonly plan: number; readonly retryAfterMs: number };

interface Held {
  readonly authority: Authority;
  readonly untilMs: number;
  requests: number;
  readonly remaining: number;
}

/** Keys of which an isolate has leases; a flood of others empties the cache at once. */
const heldMax = 10_000;
const held = new Map<string, Held>();
/** Since when a request asks a key's object for a lease. */
const asking = new Map<string, number>();
/** Who has asked for longer was cut off, or its object is slow; then others ask too. */
const askingMs = 1_000;
/** What was refused, while it cannot be answered otherwise: an ended or unknown key stays one, an empty bucket is empty until it has a request again. */
const refused = new Map<
  string,
  { readonly outcome: LeaseOutcome & { readonly ok: false }; readonly atMs: number; readonly untilMs: number }
>();

/**
 * Admits one request under a key. Normally without a hop and without a hash: a lease of at most five seconds is at hand.
 * Of the requests that find none one calls the key's object, and the others wait for what it brings.
 */
export function admit(namespace: DurableObjectNamespace<AccessObject>, key: string, nowMs: () => number): Admission | Promise<Admission> {
  return admitFromLease(key, nowMs()) ?? admitByAsking(namespace, key, readKey(key), nowMs);
}

/** The same under an access token of a session. `read` verifies it; a lease that is at hand was given for a verified one, and ends with it. */
export function admitSession(
  namespace: DurableObjectNamespace<AccessObject>,
  accessToken: string,
  nowMs: () => number,
  read: (accessToken: string, nowMs: number) => Promise<SessionParts | undefined>,
): Admission | Promise<Admission> {
  return (
    admitFromLease(accessToken, nowMs()) ?? read(accessToken, nowMs()).then((parts) => admitByAsking(namespace, accessToken, parts, nowMs))
  );
}

/** Only a good key has a lease, so nothing else of it is checked. */
function admitFromLease(key: string, now: number): Admission | undefined {
  const lease = held.get(key);
  // The bound on this side too: an object's clock that runs ahead must not lengthen a lease.
  if (lease === undefined || lease.requests <= 0 || now >= lease.untilMs || lease.untilMs - now > leaseMs) return undefined;
  lease.requests -= 1;
  return { ok: true, authority: lease.authority, remaining: lease.remaining + lease.requests, noteUse: false };
}

async function admitByAsking(
  namespace: DurableObjectNamespace<AccessObject>,
  key: string,
  parsed: KeyParts | SessionParts | undefined,
  nowMs: () => number,
): Promise<Admission> {
  if (parsed === undefined) return { ok: false, reason: "unknown" };
  for (;;) {
    const now = nowMs();
    const admitted = admitFromLease(key, now);
    if (admitted !== undefined) return admitted;
    const no = refused.get(key);
    if (no !== undefined && now >= no.atMs && now < no.untilMs)
      return no.outcome.reason === "limited" ? { ...no.outcome, retryAfterMs: no.outcome.retryAfterMs - (now - no.atMs) } : no.outcome;
    const asked = asking.get(key);
    if (asked !== undefined && now - asked < askingMs) {
      await lookAgain();
      continue;
    }
    const unused = held.get(key)?.requests ?? 0;
    held.delete(key);
    const outcome = await ask(namespace, key, parsed, unused, now);
    if (!outcome.ok) {
      held.delete(key);
      storeRefusal(key, outcome, nowMs());
      return outcome;
    }
    const { lease: granted } = outcome;
    if (held.size >= heldMax) held.clear();
    const untilMs = parsed.secret === null ? Math.min(granted.untilMs, parsed.expiresAtMs) : granted.untilMs;
    held.set(key, { authority: granted.authority, untilMs, requests: granted.requests - 1, remaining: granted.remaining });
    return { ok: true, authority: granted.authority, remaining: granted.remaining + granted.requests - 1, noteUse: granted.noteUse };
  }
}

async function ask(
  namespace: DurableObjectNamespace<AccessObject>,
  key: string,
  parts: KeyParts | SessionParts,
  unused: number,
  now: number,
): Promise<LeaseOutcome> {
  if (asking.size >= heldMax) asking.clear();
  asking.set(key, now);
  try {
    const { jurisdiction, tokenId } = parts;
    const object = objectOf(namespace, { jurisdiction, regionHint: null }, tokenId);
    if (parts.secret !== null) return await object.lease(hashSecret(parts.secret), unused, parts.environment);
    const outcome = await object.lease(null, unused);
    return outcome.ok && outcome.lease.authority.site.id !== parts.siteId ? { ok: false, reason: "unknown" } : outcome;
  } finally {
    asking.delete(key);
  }
}

/** Never longer than a lease: a plan that was raised is felt as soon as a revocation. */
function storeRefusal(key: string, outcome: LeaseOutcome & { readonly ok: false }, now: number): void {
  if (refused.size >= heldMax) refused.clear();
  refused.set(key, { outcome, atMs: now, untilMs: now + Math.min(leaseMs, outcome.reason === "limited" ? outcome.retryAfterMs : leaseMs) });
}

/** Has the isolate ask again about a key's token: after a change that its own caller made. */
export function forgetLeasesOf(tokenId: string): void {
  for (const [key, lease] of held) if (lease.authority.tokenId === tokenId) held.delete(key);
}
