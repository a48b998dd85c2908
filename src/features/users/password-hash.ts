import { createHmac, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { refusal } from "../../platform/refused.ts";
import { normalizePassword } from "./domain/password-rules.ts";

/**
 * The cost of scrypt (RFC 7914), one of those that the OWASP Password Storage Cheat Sheet calls equal: its others need 64 and 128 MB, which an isolate
 * of 128 MB has not got beside everything else, or less memory and as much time. Measured inside workerd: 168 ms and 32 MiB.
 */
const defaultCost: Cost = { log2N: 15, r: 8, p: 3 };

/**
 * `PASSWORD_COST_LOG2_N` is for tests, which hash by the hundred; and for who wants passwords to cost more. `PASSWORD_HASHER` is a binding of the launcher's
 * alone: there the same thread answers everybody, and scrypt would keep it for a sixth of a second.
 */
export function passwordCost(env: object): Hashing {
  const log2N = Reflect.get(env, "PASSWORD_COST_LOG2_N");
  const cost = log2N === undefined ? defaultCost : { ...defaultCost, log2N: Number(log2N) };
  // wrangler.toml, and the type made from it, do not have it.
  const hasher: Fetcher | undefined = Reflect.get(env, "PASSWORD_HASHER");
  return hasher === undefined ? cost : { ...cost, hasher };
}

export interface Cost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** What a hash costs, and who computes it: this isolate where there is no hasher. */
export interface Hashing extends Cost {
  readonly hasher?: Pick<Fetcher, "fetch">;
}
interface PasswordHash {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** A user's password as it is stored. */
export interface StoredPassword {
  readonly userId: string;
  readonly hash: string;
}

const keyBytes = 32;

/**
 * The hash of a password, with its salt and its cost, in the PHC string format. `sameEmail`: the passwords of users of the same email in other firms. They
 * share a salt, so that a check of a password costs one scrypt for any number of firms: its time does not reveal the number.
 */
export async function hashPassword(cost: Hashing, password: string, userId: string, sameEmail: readonly StoredPassword[]): Promise<string> {
  const shared = sameEmail.map(({ hash }) => readHash(hash)).find((kept) => isSameCost(kept.cost, cost));
  const salt = shared?.salt ?? randomBytes(16);
  const tag = tagOf(await derive(cost, password, salt, cost), userId);
  return `$scrypt$ln=${cost.log2N},r=${cost.r},p=${cost.p}$${salt.toString("base64url")}$${tag.toString("base64url")}`;
}

/**
 * The first of the passwords that it is. Where there are none, as much work is done. Users of one email share a salt: there is more than one of them, and at most
 * as many as users, after a change of the cost, or where two set their first passwords at once.
 */
export async function findPassword(cost: Hashing, password: string, kept: readonly StoredPassword[]): Promise<StoredPassword | undefined> {
  const derived = new Map<string, Buffer>();
  if (kept.length === 0) await derive(cost, password, Buffer.alloc(16), cost);
  let found: StoredPassword | undefined;
  for (const candidate of kept) {
    const { cost: itsCost, salt, tag } = readHash(candidate.hash);
    const way = wayOf(candidate);
    const key = derived.get(way) ?? (await derive(cost, password, salt, itsCost));
    derived.set(way, key);
    if (timingSafeEqual(tagOf(key, candidate.userId), tag)) found ??= candidate;
  }
  return found;
}

/** How many scrypts a look at these passwords costs. */
export function hashesFor(kept: readonly StoredPassword[]): number {
  return Math.max(1, new Set(kept.map(wayOf)).size);
}

/** Cost and salt: what is derived is the same for all that share them. */
function wayOf({ hash }: StoredPassword): string {
  return hash.slice(0, hash.lastIndexOf("$"));
}

/** Whether a hash is of another cost than new ones have. */
export function isOutdated(cost: Cost, hash: string): boolean {
  return !isSameCost(readHash(hash).cost, cost);
}

function isSameCost(one: Cost, other: Cost): boolean {
  return one.log2N === other.log2N && one.r === other.r && one.p === other.p;
}

async function derive({ hasher }: Hashing, password: string, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
  if (hasher !== undefined) return deriveElsewhere(hasher, { password: normalizePassword(password), salt, log2N, r, p });
  const N = 2 ** log2N;
  return scryptSync(normalizePassword(password), salt, keyBytes, { N, r, p, maxmem: 2 * 128 * N * r });
}

async function deriveElsewhere(
  hasher: Pick<Fetcher, "fetch">,
  { password, salt, ...cost }: Cost & { readonly password: string; readonly salt: Buffer },
): Promise<Buffer> {
  const body = JSON.stringify({ password, salt: salt.toString("base64url"), ...cost, keyBytes });
  const answer = await hasher.fetch("http://password-hasher/", { method: "POST", body });
  if (answer.status === 503) throw refusal("OVERLOADED", "Too many passwords are being checked.");
  if (answer.status !== 200) throw new Error(`the password hasher answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** Makes it the user's: two with one salt and one password are not seen to have it, and a hash put in another's place opens nothing. */
function tagOf(key: Buffer, userId: string): Buffer {
  return createHmac("sha256", key).update(userId).digest();
}

function readHash(hash: string): PasswordHash {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash);
  const [, log2N, r, p, salt, tag] = match ?? [];
  if (salt === undefined || tag === undefined) throw new Error("assertion failed: a kept password is of the form that is written here");
  return {
    cost: { log2N: Number(log2N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64url"),
    tag: Buffer.from(tag, "base64url"),
  };
}
