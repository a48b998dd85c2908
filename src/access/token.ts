import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { compactId, readCompactId } from "../kernel/id.ts";
import type { Jurisdiction } from "../kernel/region.ts";
import type { PrincipalKind, Role } from "../kernel/role.ts";
import type { SiteScope } from "../kernel/site-scope.ts";

/** A user's session, as its lease knows it. */
export interface SessionInUse {
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
  /** Somebody else set the user's password: until it is changed, the session may do nothing but that. */
  readonly mustChangePassword: boolean;
}

/** What a token may, as its Access object stores it. */
export interface Authority {
  readonly tokenId: string;
  readonly kind: PrincipalKind;
  readonly role: Role;
  readonly principalId: string;
  readonly site: SiteScope;
  /** The entities it is restricted to; null for all. */
  readonly entityIds: readonly string[] | null;
  /** Unix milliseconds. */
  readonly expiresAtMs: number | null;
  /** Requests a minute. */
  readonly plan: number;
  /** Set where it is a user's session and no key. */
  readonly session?: SessionInUse;
  /** The ids of the users behind it. An object of an earlier build does not say. */
  readonly humans?: readonly string[];
  /** Who else set the password by which one of them signs in; left out where nobody did. */
  readonly credentialSetBy?: readonly string[];
  /** An OWNER has said that what the key prepares is not the doing of those who hold it. */
  readonly independent?: true;
  /** A session, or a person's key that was made in one. */
  readonly madeInSession?: true;
}

/** What a token asks its object for: to be made as described. */
export interface NewToken extends Omit<Authority, "humans" | "independent"> {
  /** Null for a session: its access tokens are signed, and the edge has verified the one it asks for. */
  readonly secretHash: string | null;
  /** The users who made it, or were shown its secret or that of the key that made it. A key of an earlier build does not say. */
  readonly heldBy?: readonly string[];
  readonly independence?: Independence;
}

/** Whether a key is independent of who holds it: which OWNER has said so and when, or nulls. Of two, the one of the higher revision counts. */
export interface Independence {
  readonly setBy: string | null;
  /** Unix milliseconds. */
  readonly setAtMs: number | null;
  readonly revision: number;
}
export const notIndependent: Independence = { setBy: null, setAtMs: null, revision: 1 };

/** What a user is, for the sessions and keys that are theirs. Of two, the one of the higher revision counts. */
export interface UserStanding {
  readonly role: Role;
  readonly mustChangePassword: boolean;
  readonly revision: number;
  /** Who set the password from which the user's descends, and those behind them: four eyes count each of them and the user as one. An edge of an earlier build does not say. */
  readonly credentialHumans?: readonly string[];
}

/** A short authority to answer requests without asking again: never longer than `leaseMs`, nor than the token lives. */
export interface Lease {
  readonly authority: Authority;
  readonly untilMs: number;
  /** Requests that may be answered under it. */
  readonly requests: number;
  /** Requests left in the bucket beside those. */
  readonly remaining: number;
  /** Set about once a minute: the use is to be noted in the list of tokens. */
  readonly noteUse: boolean;
}

export type LeaseOutcome =
  | { readonly ok: true; readonly lease: Lease }
  | { readonly ok: false; readonly reason: "unknown" }
  | { readonly ok: false; readonly reason: "limited"; readonly plan: number; readonly retryAfterMs: number };

const keyPattern = /^ch_(live|test)_(?:(eu|us)_)?([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;

/** What a key says of itself. */
export interface KeyParts {
  readonly environment: SiteScope["environment"];
  /** Where its object is stored: nothing else can say so before the object is asked. */
  readonly jurisdiction: Jurisdiction | null;
  readonly tokenId: string;
  readonly secret: string;
}

/** What an access token says of its session, once its signature is verified. */
export interface SessionParts {
  readonly tokenId: string;
  readonly secret: null;
  readonly siteId: string;
  /** Where its object is stored. */
  readonly jurisdiction: Jurisdiction | null;
  /** When the access token ends, in Unix milliseconds. */
  readonly expiresAtMs: number;
}

/** The environment, jurisdiction, id and secret inside a key; undefined for anything of another form. */
export function readKey(key: string): KeyParts | undefined {
  const match = keyPattern.exec(key);
  if (!match?.[3] || !match[4]) return undefined;
  const environment = match[1] === "live" ? "live" : "sandbox";
  return {
    environment,
    jurisdiction: match[2] === "eu" || match[2] === "us" ? match[2] : null,
    tokenId: readCompactId(match[3]),
    secret: match[4],
  };
}

/** The key of a token: shown once, stored only as the hash of its secret. */
export function writeKey(
  { environment, jurisdiction }: Pick<SiteScope, "environment" | "jurisdiction">,
  tokenId: string,
  secret: string,
): string {
  return `ch_${environment === "live" ? "live" : "test"}_${jurisdiction === null ? "" : `${jurisdiction}_`}${compactId(tokenId)}_${secret}`;
}

/** 256 bits, so that a plain digest is as good as a slow one. */
export function newSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
}

/** Bytes of a key's secret that show where it was made; the others are left to chance, 192 bits. */
const markBytes = 8;

/**
 * The secret of a key, of which an installation sees without asking anything whether it made it: what anybody could have made up need not be looked for.
 * Keys from before secrets had a mark, and those of before another `markSecret`, have none that is right, and are good all the same.
 */
export function newKeySecret(markSecret: string, tokenId: string): string {
  const chance = crypto.getRandomValues(new Uint8Array(32 - markBytes));
  return Buffer.concat([chance, markOf(markSecret, tokenId, chance)]).toString("base64url");
}

/** Whether the key's secret has the mark of those made here. */
export function hasMark(markSecret: string, { tokenId, secret }: KeyParts): boolean {
  const bytes = Buffer.from(secret, "base64url");
  const chance = bytes.subarray(0, -markBytes);
  return timingSafeEqual(markOf(markSecret, tokenId, chance), bytes.subarray(-markBytes));
}

function markOf(markSecret: string, tokenId: string, chance: Uint8Array): Buffer {
  return createHmac("sha256", markSecret).update(`key ${tokenId} `).update(chance).digest().subarray(0, markBytes);
}

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** In constant time. A missing secret equals only a missing secret. */
export function isSameHash(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
