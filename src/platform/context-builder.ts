import type { Authority } from "../access/token.ts";
import { directoryDatabase } from "../db/directory-database.ts";
import { siteDatabase } from "../db/site-database.ts";
import { uuidV7 } from "../kernel/id.ts";
import { type LedgerRpc, ledgerClient } from "../ledger/client.ts";
import type { LedgerIdentity } from "../ledger/rpc.ts";
import type { OperationContext, SiteScope } from "./context.ts";
import type { Log } from "./log.ts";

/** What a ledger is, asked of the directory when its object does not know yet. */
export type IdentityOf = (context: OperationContext, ledgerNumber: number) => Promise<LedgerIdentity | undefined>;

export interface ContextParts {
  readonly env: Cloudflare.Env;
  readonly authority: Authority;
  readonly requestId: string;
  readonly log: Log;
  /** Where the client's last request left the site's database. */
  readonly bookmark: string | undefined;
  readonly identityOf: IdentityOf;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

const random = new Uint8Array(10);

export function newUuid(): string {
  return uuidV7(Date.now(), crypto.getRandomValues(random));
}

/** The context of one request, made of what its key may. Databases are opened when they are first asked. */
export function operationContext(parts: ContextParts): OperationContext {
  const { env, authority } = parts;
  const { site } = authority;
  let siteDb: OperationContext["db"] | undefined;
  let directory: OperationContext["directory"] | undefined;
  const context: OperationContext = {
    site,
    actor: { kind: authority.kind, id: authority.principalId, role: authority.role },
    tokenId: authority.tokenId,
    entityIds: authority.entityIds,
    expiresAtMs: authority.expiresAtMs,
    clock: Date.now,
    newId: newUuid,
    get db() {
      siteDb ??= siteDatabase(env, site, parts.bookmark);
      return siteDb;
    },
    seen: () => siteDb?.bookmark() ?? null,
    get directory() {
      directory ??= directoryDatabase(env);
      return directory;
    },
    ledger: (number) =>
      ledgerClient(
        number,
        () => ledgerStub(env, site, number),
        async () => {
          const identity = await parts.identityOf(context, number);
          if (identity === undefined || identity.siteId !== site.id)
            throw new Error(`assertion failed: ledger ${number} is one of the site's`);
          return identity;
        },
      ),
    env,
    log: parts.log,
    requestId: parts.requestId,
    idempotency: undefined,
    waitUntil: parts.waitUntil,
  };
  return context;
}

/** The object of a ledger: its name is its number, and its jurisdiction part of its identity. */
function ledgerStub(env: Cloudflare.Env, site: SiteScope, number: number): LedgerRpc {
  const namespace = site.jurisdiction === null ? env.LEDGER : env.LEDGER.jurisdiction(site.jurisdiction);
  // The stub's generated type wraps every answer; the object's methods are those of LedgerRpc.
  return namespace.getByName(`ledger-${number}`) as unknown as LedgerRpc;
}
