import { leaseMs } from "../kernel/bounds.ts";
import { objectOf } from "../platform/objects.ts";
import { ownText } from "../platform/own-text.ts";
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

/** Keys that an isolate knows to be good; beyond, the one that was asked about longest ago is forgotten. */
const heldMax = 10_000;
/** Kept when the lease is over, until its object says that the key is good no more. */
const held = new Map<string, Held>();
/** Since when a request asks a key's object for a lease. */
const asking = new Map<string, number>();
/** Who has asked for longer was cut off, or its object is slow; then others ask too. */
const askingMs = 1_000;

interface Refusal {
  readonly outcome: LeaseOutcome & { readonly ok: false };
  readonly atMs: number;
  readonly untilMs: number;
}
/** Good keys whose bucket is empty, until it has a request again. */
const limited = new Map<string, Refusal>();
/** Keys that are none. Apart from the others, and few: whoever makes them up makes as many as they like. */
const unknown = new Map<string, Refusal>();
const unknownMax = 1_000;

/** Those who come with a key that the isolate does not know. */
export interface Strangers {
  /** Whether the key shows by itself that it was made here. */
  readonly hasMark: (parts: KeyParts) => boolean;
  /** Whether the directory lists a token of the key's id: one without a mark has no object otherwise, and opening it would make one. */
  readonly isListed: (parts: KeyParts) => Promise<boolean>;
  /** Counts one by its address, before anything is opened for it; throws where it is one too many. */
  readonly count: () => void;
  /** The key was good. */
  readonly uncount: () => void;
}

const noToken = { ok: false, reason: "unknown" } as const;

/** For who is not counted. */
const nobody: Strangers = { hasMark: () => true, isListed: async () => true, count: () => undefined, uncount: () => undefined };

type Read = (key: string, nowMs: number) => KeyParts | undefined | Promise<SessionParts | undefined>;

/**
 * Admits one request under a key. Normally without a hop and without a hash: a lease of at most five seconds is at hand.
 * Of the requests that find none one calls the key's object, and the others wait for what it brings. What anybody could have made up is counted before its
 * object is opened. A key that the isolate knows to be good, or that was shown to be made here, is asked about whatever else its address has sent: nobody
 * shuts out who shares an address with them.
 */
export function admit(
  namespace: DurableObjectNamespace<AccessObject>,
  key: string,
  nowMs: () => number,
  strangers = nobody,
): Admission | Promise<Admission> {
  return admitFromLease(key, nowMs()) ?? admitByAsking(namespace, key, nowMs, readKey, strangers);
}

/** The same under an access token of a session. `read` verifies it; a lease that is at hand was given for a verified one, and ends with it. */
export function admitSession(
  namespace: DurableObjectNamespace<AccessObject>,
  accessToken: string,
  nowMs: () => number,
  read: (accessToken: string, nowMs: number) => Promise<SessionParts | undefined>,
  strangers = nobody,
): Admission | Promise<Admission> {
  return admitFromLease(accessToken, nowMs()) ?? admitByAsking(namespace, accessToken, nowMs, read, strangers);
}

/** Only a good key has a lease, so nothing else of it is checked. */
export function admitFromLease(key: string, now: number): Admission | undefined {
  const lease = held.get(key);
  // The bound on this side too: an object's clock that runs ahead must not lengthen a lease.
  if (lease === undefined || lease.requests <= 0 || now >= lease.untilMs || lease.untilMs - now > leaseMs) return undefined;
  lease.requests -= 1;
  return { ok: true, authority: lease.authority, remaining: lease.remaining + lease.requests, noteUse: false };
}

async function admitByAsking(
  namespace: DurableObjectNamespace<AccessObject>,
  key: string,
  nowMs: () => number,
  read: Read,
  strangers: Strangers,
): Promise<Admission> {
  for (;;) {
    const now = nowMs();
    const admitted = admitFromLease(key, now);
    if (admitted !== undefined) return admitted;
    const no = limited.get(key) ?? unknown.get(key);
    if (no !== undefined && now >= no.atMs && now < no.untilMs) {
      if (no.outcome.reason === "limited") return { ...no.outcome, retryAfterMs: no.outcome.retryAfterMs - (now - no.atMs) };
      strangers.count();
      return no.outcome;
    }
    const asked = asking.get(key);
    if (asked === undefined || Math.abs(now - asked) >= askingMs) return ask(namespace, key, nowMs, read, strangers);
    await lookAgain();
  }
}

async function ask(
  namespace: DurableObjectNamespace<AccessObject>,
  givenKey: string,
  nowMs: () => number,
  read: Read,
  strangers: Strangers,
): Promise<Admission> {
  const key = ownText(givenKey);
  if (asking.size >= heldMax) asking.clear();
  asking.set(key, nowMs());
  try {
    const reading = read(key, nowMs());
    const parts = reading instanceof Promise ? await reading : reading;
    if (parts === undefined) {
      // What is none by its form or its signature is not worth remembering: nothing is asked to see it again.
      strangers.count();
      return noToken;
    }
    const isStranger = parts.secret !== null && !held.has(key) && !strangers.hasMark(parts);
    if (isStranger) strangers.count();
    const outcome = isStranger && !(await strangers.isListed(parts)) ? noToken : await askObject(namespace, parts, takeUnused(key));
    const isGood = outcome.ok || outcome.reason === "limited";
    if (isStranger && isGood) strangers.uncount();
    if (!outcome.ok) {
      storeRefusal(key, outcome, nowMs());
      if (!isStranger && !isGood) strangers.count();
      return outcome;
    }
    const { lease: granted } = outcome;
    const untilMs = parts.secret === null ? Math.min(granted.untilMs, parts.expiresAtMs) : granted.untilMs;
    hold(key, { authority: granted.authority, untilMs, requests: granted.requests - 1, remaining: granted.remaining });
    return { ok: true, authority: granted.authority, remaining: granted.remaining + granted.requests - 1, noteUse: granted.noteUse };
  } finally {
    asking.delete(key);
  }
}

/** What the last lease has left, which is given back with the question for the next. */
function takeUnused(key: string): number {
  const lease = held.get(key);
  if (lease === undefined) return 0;
  const unused = lease.requests;
  lease.requests = 0;
  return unused;
}

async function askObject(
  namespace: DurableObjectNamespace<AccessObject>,
  parts: KeyParts | SessionParts,
  unused: number,
): Promise<LeaseOutcome> {
  const object = objectOf(namespace, { jurisdiction: parts.jurisdiction, regionHint: null }, parts.tokenId);
  if (parts.secret !== null) return object.lease(hashSecret(parts.secret), unused, parts.environment);
  const outcome = await object.lease(null, unused);
  return outcome.ok && outcome.lease.authority.site.id !== parts.siteId ? { ok: false, reason: "unknown" } : outcome;
}

function hold(key: string, lease: Held): void {
  held.delete(key);
  const [oldest] = held.size >= heldMax ? held.keys() : [];
  if (oldest !== undefined) held.delete(oldest);
  held.set(key, lease);
}

/** Never longer than a lease: a plan that was raised is felt as soon as a revocation. */
function storeRefusal(key: string, outcome: LeaseOutcome & { readonly ok: false }, now: number): void {
  const lastsMs = outcome.reason === "limited" ? Math.min(leaseMs, outcome.retryAfterMs) : leaseMs;
  const refusal = { outcome, atMs: now, untilMs: now + lastsMs };
  if (outcome.reason === "limited") {
    if (limited.size >= heldMax) limited.clear();
    limited.set(key, refusal);
    return;
  }
  held.delete(key);
  limited.delete(key);
  if (unknown.size >= unknownMax) unknown.clear();
  unknown.set(key, refusal);
}

/** Has the isolate ask again about a key's token: after a change that its own caller made. */
export function forgetLeasesOf(tokenId: string): void {
  for (const lease of held.values()) if (lease.authority.tokenId === tokenId) lease.requests = 0;
}
