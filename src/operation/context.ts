import type { SessionInUse } from "../access/token.ts";
import type { DirectoryDatabase } from "../db/directory-database.ts";
import type { SiteDatabase } from "../db/site-database.ts";
import { type Clock, instant } from "../kernel/clock.ts";
import { type Actor, may, type Permission, permissions } from "../kernel/role.ts";
import type { SiteScope } from "../kernel/site-scope.ts";
import type { LedgerClient } from "../ledger/client.ts";
import type { Log } from "../platform/log.ts";
import { refusal } from "../platform/refused.ts";

/** The idempotency key of a request, under the scope in which it is unique. */
export interface IdempotencyClaim {
  readonly operationId: string;
  /** operationId, and the entity where the operation has one: the scope in the site's database. A ledger is its own. */
  readonly scope: string;
  readonly key: string;
  /** The status of what is done for the first time, stored with its answer for whoever repeats the request. */
  readonly status: number;
  /** A digest of the parsed request, for what the site's database commits. A ledger computes its own over the commands. */
  readonly fingerprint: () => string;
  /** No key of a site says who asks, and this one is so short that another may send it: its answer is repeated without secrets. */
  readonly isGuessable?: true;
}

/** What every operation works with, whoever asks. */
export interface BaseContext {
  readonly env: Cloudflare.Env;
  readonly directory: DirectoryDatabase;
  readonly clock: Clock;
  /** A fresh UUIDv7. */
  readonly newId: () => string;
  readonly log: Log;
  readonly requestId: string;
  readonly idempotency: IdempotencyClaim | undefined;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** What an operation works with that takes no key: signing up, signing in. */
export interface AnonymousContext extends BaseContext {
  /** The network address that asks. */
  readonly address: string;
  /** The same context under another claim, or none. */
  readonly withClaim: (idempotency: IdempotencyClaim | undefined) => AnonymousContext;
}

/** Everything an operation of a site works with: built once per request, queue message or tool call. */
export interface OperationContext extends BaseContext {
  readonly site: SiteScope;
  readonly actor: Actor;
  /** The token or session in use. */
  readonly tokenId: string;
  /** Requests a minute that the token may make. */
  readonly plan: number;
  /** The entities that the token is restricted to; null for all of the site. */
  readonly entityIds: readonly string[] | null;
  /** What is to be known of the session in use; null for a key. */
  readonly session: SessionInUse | null;
  /** When the key ends, in Unix milliseconds; null for never, and for a session, whose user may give what outlives it. */
  readonly expiresAtMs: number | null;
  readonly db: SiteDatabase;
  /** How far the request has seen the site's database; null where it asked nothing of it. */
  readonly seen: () => string | null;
  /** The ledger of a number, wherever its object lives. */
  readonly ledger: (ledgerNumber: number) => LedgerClient;
  /** The same context under another claim, or none. */
  readonly withClaim: (idempotency: IdempotencyClaim | undefined) => OperationContext;
}

/** Refuses, as `FORBIDDEN`, an actor whose role does not reach the permission. The first line of every write. */
export function requirePermission(context: OperationContext, permission: Permission): void {
  if (context.session?.mustChangePassword && permission !== "self")
    throw refusal("PASSWORD_CHANGE_REQUIRED", "The password was set by somebody else; change it with POST /users/{id}/password first.");
  if (may(context.actor.role, permission)) return;
  throw refusal("FORBIDDEN", `This takes the role ${permissions[permission]} or above; the key's role is ${context.actor.role}.`);
}

/** Refuses, as `ENTITY_FORBIDDEN`, a key that is restricted to entities: what concerns the whole site is not its to do. */
export function requireWholeSite(context: OperationContext): void {
  if (context.entityIds !== null)
    throw refusal("ENTITY_FORBIDDEN", "The key is restricted to some of the site's entities; this concerns all of it.");
}

/** Whether the request comes with a sandbox's key. Who is signed in at a sandbox is a user of the firm all the same. */
export function isSandboxKey({ session, site }: OperationContext): boolean {
  return session === null && site.environment !== "live";
}

/** Refuses, as `FORBIDDEN`, to make a key that would outlive the one in use; null is one without an end. */
export function requireEnd(context: OperationContext, expiresAtMs: number | null): void {
  const own = context.expiresAtMs;
  if (own === null || (expiresAtMs !== null && expiresAtMs <= own)) return;
  throw refusal("FORBIDDEN", `The key in use ends at ${instant(own)}, and makes none that ends later.`);
}
