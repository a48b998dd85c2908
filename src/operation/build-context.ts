import type { Authority } from "../access/token.ts";
import { directoryDatabase } from "../db/directory-database.ts";
import { ledgerIdentity } from "../db/ledger-numbers.ts";
import { siteDatabase } from "../db/site-database.ts";
import type { Clock } from "../kernel/clock.ts";
import { uuidV7 } from "../kernel/id.ts";
import type { Jurisdiction } from "../kernel/region.ts";
import type { Actor } from "../kernel/role.ts";
import type { SiteScope } from "../kernel/site-scope.ts";
import { type LedgerClient, type LedgerObjects, type LedgerRpc, ledgerClient } from "../ledger/client.ts";
import type { LedgerIdentity } from "../ledger/rpc.ts";
import type { Log } from "../platform/log.ts";
import { objectAt, objectId } from "../platform/objects.ts";
import type { AnonymousContext, IdempotencyClaim, OperationContext } from "./context.ts";

export interface ContextParts {
  readonly env: Cloudflare.Env;
  readonly authority: Authority;
  readonly requestId: string;
  readonly log: Log;
  /** Where the client's last request left the site's database. */
  readonly bookmark: string | undefined;
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Nothing may be recorded by the clock as it stands. */
  readonly clockDoubted?: boolean;
}

const random = new Uint8Array(10);

export function newUuid(): string {
  return uuidV7(Date.now(), crypto.getRandomValues(random));
}

/** The context of a request that carries no key. */
export function anonymousContext(
  parts: Pick<ContextParts, "env" | "requestId" | "log" | "waitUntil"> & { readonly address: string },
): AnonymousContext {
  const withClaim = (idempotency: IdempotencyClaim | undefined): AnonymousContext => ({
    ...parts,
    directory: directoryDatabase(parts.env),
    clock: Date.now,
    newId: newUuid,
    idempotency,
    withClaim,
  });
  return withClaim(undefined);
}

/** The context of one request, made of what its key may. Databases are opened when they are first asked. */
export function operationContext(parts: ContextParts): OperationContext {
  return new PartsInContext(parts, { site: undefined, directory: undefined }, undefined);
}

/** What the contexts of one request have opened so far. */
interface Opened {
  site: OperationContext["db"] | undefined;
  directory: OperationContext["directory"] | undefined;
}

/** A class, because getters of a literal are created each time, and the engine would meet every request's context as a new shape. */
class PartsInContext implements OperationContext {
  readonly site: SiteScope;
  readonly actor: OperationContext["actor"];
  readonly tokenId: string;
  readonly plan: number;
  readonly entityIds: readonly string[] | null;
  readonly session: OperationContext["session"];
  readonly expiresAtMs: number | null;
  readonly clock = Date.now;
  readonly newId = newUuid;
  readonly env: Cloudflare.Env;
  readonly log: Log;
  readonly requestId: string;
  readonly idempotency: IdempotencyClaim | undefined;
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly #parts: ContextParts;
  readonly #opened: Opened;

  constructor(parts: ContextParts, opened: Opened, idempotency: IdempotencyClaim | undefined) {
    const { authority } = parts;
    this.site = authority.site;
    this.actor = actorOf(authority);
    this.tokenId = authority.tokenId;
    this.plan = authority.plan;
    this.entityIds = authority.entityIds;
    this.session = authority.session ?? null;
    this.expiresAtMs = this.session === null ? authority.expiresAtMs : null;
    this.env = parts.env;
    this.log = parts.log;
    this.requestId = parts.requestId;
    this.idempotency = idempotency;
    this.waitUntil = parts.waitUntil;
    this.#parts = parts;
    this.#opened = opened;
  }

  get db(): OperationContext["db"] {
    this.#opened.site ??= siteDatabase(this.env, this.site, this.#parts.bookmark);
    return this.#opened.site;
  }

  get directory(): OperationContext["directory"] {
    this.#opened.directory ??= directoryDatabase(this.env);
    return this.#opened.directory;
  }

  seen(): string | null {
    return this.#opened.site?.bookmark() ?? null;
  }

  ledger(number: number): LedgerClient {
    return ledgerOf(this.env, this.site, number, () => this.#identityOf(number), this.#parts.clockDoubted ? noClock : Date.now);
  }

  withClaim(idempotency: IdempotencyClaim | undefined): OperationContext {
    return new PartsInContext(this.#parts, this.#opened, idempotency);
  }

  async #identityOf(number: number): Promise<LedgerIdentity> {
    const identity = await ledgerIdentity(this.directory, number);
    if (identity === undefined || identity.siteId !== this.site.id)
      throw new Error(`assertion failed: ledger ${number} is one of the site's`);
    return identity;
  }
}

const actors = new WeakMap<Authority, Actor>();

/** Who acts under an authority. Made once for a lease, of which each request has the same. */
function actorOf(authority: Authority): Actor {
  let actor = actors.get(authority);
  if (actor === undefined) {
    const { kind, principalId: id, role, credentialSetBy, independent, session } = authority;
    // An object of an earlier build says nothing of humans, though a session is a person's.
    const humans = authority.humans ?? (session === undefined ? undefined : [id]);
    actor = {
      kind,
      id,
      role,
      ...(humans === undefined ? {} : { humans }),
      ...(credentialSetBy === undefined ? {} : { credentialSetBy }),
      ...(independent ? { independent } : {}),
      ...(authority.madeInSession || session !== undefined ? { madeInSession: true } : {}),
    };
    actors.set(authority, actor);
  }
  return actor;
}

/** Told to a ledger's object, it agrees with no clock: nothing is written. */
const noClock: Clock = () => 0;

/** The only access to a ledger of a site; `identity` says what it is, should its object not be open yet. */
export function ledgerOf(
  env: Cloudflare.Env,
  site: SiteScope,
  number: number,
  identity: () => Promise<LedgerIdentity>,
  clock: Clock = Date.now,
): LedgerClient {
  return ledgerClient(number, ledgerObjects(env, site, number), identity, clock);
}

/** Cached ids of ledgers' objects, by number and generation; a flood of others empties them at once. To make one is to hash its name. */
const objectIdsMax = 10_000;
const objectIds: Readonly<Record<Jurisdiction | "none", Map<number, DurableObjectId>>> = { none: new Map(), eu: new Map(), us: new Map() };

/** The objects of a ledger: their names are its number and their generation. */
function ledgerObjects(env: Cloudflare.Env, site: SiteScope, number: number): LedgerObjects {
  const kept = objectIds[site.jurisdiction ?? "none"];
  const idOf = (generation: number): DurableObjectId => {
    // A ledger's number has 32 bits.
    const key = generation * 2 ** 32 + number;
    let id = kept.get(key);
    if (id === undefined) {
      id = objectId(env.LEDGER, site.jurisdiction, generation === 0 ? `ledger-${number}` : `ledger-${number}-g${generation}`);
      if (kept.size >= objectIdsMax) kept.clear();
      kept.set(key, id);
    }
    return id;
  };
  return {
    // The stub's generated type wraps every answer; the object's methods are those of LedgerRpc.
    stub: (generation) => objectAt(env.LEDGER, idOf(generation), site) as unknown as LedgerRpc,
    idOf: (generation) => idOf(generation).toString(),
  };
}
