import { leaseMs } from "../kernel/bounds.ts";
import type { AccessObject } from "./access-object.ts";
import { type Authority, hashSecret, type KeyParts, type LeaseOutcome, readKey } from "./token.ts";

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

/** Keys that an isolate holds leases of; a flood of others empties the cache at once. */
const heldMax = 10_000;
const held = new Map<string, Held>();
const asking = new Map<string, Promise<LeaseOutcome>>();
/** What was refused, while it cannot be answered otherwise: an ended or unknown key stays one, an empty bucket is empty until it holds a request again. */
const refused = new Map<
  string,
  { readonly outcome: LeaseOutcome & { readonly ok: false }; readonly atMs: number; readonly untilMs: number }
>();

/**
 * Admits one request under a key. Normally without a hop and without a hash: a lease of at most five seconds is at hand.
 * Requests that find none share one call to the key's object.
 */
export function admit(namespace: DurableObjectNamespace<AccessObject>, key: string, nowMs: () => number): Admission | Promise<Admission> {
  return admitFromLease(key, nowMs()) ?? admitByAsking(namespace, key, nowMs);
}

/** Only a good key has a lease, so nothing else of it is looked at. */
function admitFromLease(key: string, now: number): Admission | undefined {
  const lease = held.get(key);
  // The bound on this side too: an object's clock that runs ahead must not lengthen a lease.
  if (lease === undefined || lease.requests <= 0 || now >= lease.untilMs || lease.untilMs - now > leaseMs) return undefined;
  lease.requests -= 1;
  return { ok: true, authority: lease.authority, remaining: lease.remaining + lease.requests, noteUse: false };
}

async function admitByAsking(namespace: DurableObjectNamespace<AccessObject>, key: string, nowMs: () => number): Promise<Admission> {
  const parsed = readKey(key);
  if (parsed === undefined) return { ok: false, reason: "unknown" };
  for (;;) {
    const now = nowMs();
    const admitted = admitFromLease(key, now);
    if (admitted !== undefined) return admitted;
    const no = refused.get(key);
    if (no !== undefined && now >= no.atMs && now < no.untilMs)
      return no.outcome.reason === "limited" ? { ...no.outcome, retryAfterMs: no.outcome.retryAfterMs - (now - no.atMs) } : no.outcome;
    const outcome = await ask(namespace, key, parsed, held.get(key)?.requests ?? 0);
    if (!outcome.first.ok) {
      held.delete(key);
      if (outcome.mine) keepRefusal(key, outcome.first, nowMs());
      return outcome.first;
    }
    if (!outcome.mine) continue;
    const { lease: granted } = outcome.first;
    if (held.size >= heldMax) held.clear();
    held.set(key, { authority: granted.authority, untilMs: granted.untilMs, requests: granted.requests - 1, remaining: granted.remaining });
    return { ok: true, authority: granted.authority, remaining: granted.remaining + granted.requests - 1, noteUse: granted.noteUse };
  }
}

async function ask(
  namespace: DurableObjectNamespace<AccessObject>,
  key: string,
  { tokenId, secret, environment }: KeyParts,
  unused: number,
): Promise<{ readonly first: LeaseOutcome; readonly mine: boolean }> {
  const inFlight = asking.get(key);
  if (inFlight) return { first: await inFlight, mine: false };
  const call = namespace.getByName(tokenId).lease(hashSecret(secret), unused, environment);
  held.delete(key);
  const answered = Promise.resolve(call).finally(() => asking.delete(key));
  asking.set(key, answered);
  return { first: await answered, mine: true };
}

/** Never longer than a lease: a plan that was raised is felt as soon as a revocation. */
function keepRefusal(key: string, outcome: LeaseOutcome & { readonly ok: false }, now: number): void {
  if (refused.size >= heldMax) refused.clear();
  refused.set(key, { outcome, atMs: now, untilMs: now + Math.min(leaseMs, outcome.reason === "limited" ? outcome.retryAfterMs : leaseMs) });
}

/** Lets the isolate ask anew about a key's token: after a change that its own caller made. */
export function forgetLeasesOf(tokenId: string): void {
  for (const [key, lease] of held) if (lease.authority.tokenId === tokenId) held.delete(key);
}
