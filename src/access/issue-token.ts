import type { TokenRow } from "../db/tokens.ts";
import type { PrincipalKind, Role } from "../kernel/role.ts";
import type { SiteScope } from "../kernel/site-scope.ts";
import { objectOf } from "../platform/objects.ts";
import { cursorSecret } from "../platform/secrets.ts";
import { hashSecret, newKeySecret, notIndependent, writeKey } from "./token.ts";

/** Requests a minute of a token that nobody has given another plan. */
export const defaultPlan = 100;

export interface TokenWish {
  readonly id: string;
  readonly name: string;
  readonly kind: PrincipalKind;
  readonly role: Role;
  readonly principalId: string;
  readonly entityIds: readonly string[] | null;
  readonly expiresAtMs: number | null;
  readonly plan?: number;
  /** The users who are shown its secret, and those behind the key that asks for it. */
  readonly heldBy: readonly string[];
  /** Who else set the password by which one of them signs in. */
  readonly credentialSetBy?: readonly string[] | undefined;
  /** A person's key, made in their own session. */
  readonly madeInSession?: boolean;
  /** The OWNER who says that the key is independent of who holds it. */
  readonly independentSetBy?: string | null;
}

/**
 * Makes a token's object and its key. The object comes before the row that lists it: without the row nobody has learnt the key,
 * and a row without its object would be a key that never works.
 */
export async function issueToken(
  env: Cloudflare.Env,
  site: SiteScope,
  wish: TokenWish,
  nowMs: number,
): Promise<{ readonly key: string; readonly row: TokenRow }> {
  const {
    id,
    kind,
    role,
    principalId,
    entityIds,
    expiresAtMs,
    heldBy,
    credentialSetBy = [],
    madeInSession = false,
    independentSetBy = null,
  } = wish;
  const secret = newKeySecret(cursorSecret(env), id);
  const independence = independentSetBy === null ? notIndependent : { setBy: independentSetBy, setAtMs: nowMs, revision: 1 };
  await objectOf(env.ACCESS, site, id).create({
    tokenId: id,
    secretHash: hashSecret(secret),
    kind,
    role,
    principalId,
    site,
    entityIds,
    expiresAtMs,
    plan: wish.plan ?? defaultPlan,
    heldBy,
    credentialSetBy,
    independence,
    ...(madeInSession ? { madeInSession } : {}),
  });
  const key = writeKey(site, id, secret);
  const row: TokenRow = {
    id,
    siteId: site.id,
    name: wish.name,
    kind,
    role,
    principalId,
    entityIds: entityIds === null ? null : [...entityIds],
    hint: `${key.slice(0, 16)}…`,
    expiresAt: expiresAtMs,
    revokedAt: null,
    lastUsedAt: null,
    createdAt: nowMs,
    isSession: false,
    heldBy: [...heldBy],
    madeInSession,
    independentSetBy,
    independentSetAt: independence.setAtMs,
    independenceRevision: independence.revision,
    successorId: null,
  };
  return { key, row };
}
