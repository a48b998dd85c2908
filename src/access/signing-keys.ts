import { createHash } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { directoryDatabase } from "../db/directory-database.ts";
import { addSigningKey, newestSigningKeys, type PublicJwk, type SigningKeyRow } from "../db/signing-keys.ts";
import { accessTokenLifeMs, signingKeyLifeMs } from "../kernel/bounds.ts";
import { logFor } from "../platform/log.ts";
import { sessionSecret } from "../platform/secrets.ts";

export const signatureAlgorithm = "EdDSA";
/** The next key is made this long before it signs, */
const madeAheadMs = 24 * 60 * 60 * 1000;
/** and where nobody signed in during that time, this long: longer than `heldMs` and than others cache the published keys. */
const publishedAheadMs = 10 * 60 * 1000;
/** How long an isolate goes without looking for new keys when it signs or publishes. */
const heldMs = 60_000;
/** How long after a look an unknown key id is no reason for another: made-up ids must not become a load. */
const lookAgainMs = 1_000;
/** Clocks of isolates differ by less. */
const clockMarginMs = 60_000;

interface Held {
  readonly rows: readonly SigningKeyRow[];
  readonly atMs: number;
}
let held: Held | undefined;
const opened = new Map<string, CryptoKey>();
const verifying = new Map<string, CryptoKey>();

/** The key that signs now, made where there is none or the one there is nears its end. */
export async function signingKey(env: Cloudflare.Env, nowMs: number): Promise<{ readonly kid: string; readonly key: CryptoKey }> {
  for (const heldAtMostMs of [heldMs, 0]) {
    const rows = await rowsOf(env, nowMs, heldAtMostMs);
    const current = await currentKey(env, rows, nowMs);
    const newest = rows[0];
    if (current !== undefined && newest !== undefined && nowMs < newest.signsFrom + signingKeyLifeMs - madeAheadMs) return current;
    await addSigningKey(directoryDatabase(env), await nextKey(env, newest, current === undefined, nowMs));
  }
  const current = await currentKey(env, await rowsOf(env, nowMs, 0), nowMs);
  if (current === undefined) throw new Error("assertion failed: a key signs once one was made");
  return current;
}

/** The public key of an id, as long as a token that it signed can live. */
export async function verifyingKey(env: Cloudflare.Env, kid: string, nowMs: number): Promise<CryptoKey | undefined> {
  const find = (rows: readonly SigningKeyRow[]) => rows.find((row) => row.kid === kid && isPublished(row, rows, nowMs));
  const row = find(held?.rows ?? []) ?? find(await rowsOf(env, nowMs, lookAgainMs));
  if (row === undefined) return undefined;
  let key = verifying.get(kid);
  if (key === undefined) {
    key = await crypto.subtle.importKey("jwk", row.publicJwk, "Ed25519", false, ["verify"]);
    verifying.set(kid, key);
  }
  return key;
}

/** The public keys as a JWK set has them (RFC 7517): the one that signs, the next, and those before whose tokens still live. */
export async function publicKeys(env: Cloudflare.Env, nowMs: number): Promise<PublicJwk[]> {
  const rows = await rowsOf(env, nowMs, heldMs);
  return rows.filter((row) => isPublished(row, rows, nowMs)).map((row) => row.publicJwk);
}

async function rowsOf(env: Cloudflare.Env, nowMs: number, heldAtMostMs: number): Promise<readonly SigningKeyRow[]> {
  // A clock that steps back must not prolong what is cached.
  if (held !== undefined && held.rows.length > 0 && Math.abs(nowMs - held.atMs) < heldAtMostMs) return held.rows;
  held = { rows: await newestSigningKeys(directoryDatabase(env)), atMs: nowMs };
  return held.rows;
}

function isPublished(row: SigningKeyRow, rows: readonly SigningKeyRow[], nowMs: number): boolean {
  const signsUntil = Math.min(...rows.filter((other) => other.generation > row.generation).map((other) => other.signsFrom));
  return nowMs < signsUntil + accessTokenLifeMs + clockMarginMs;
}

async function currentKey(env: Cloudflare.Env, rows: readonly SigningKeyRow[], nowMs: number) {
  const row = rows.find((candidate) => candidate.signsFrom <= nowMs);
  const key = row && (await privateKey(env, row));
  return row && key && { kid: row.kid, key };
}

/** `atOnce`: there is none that could sign meanwhile. */
async function nextKey(env: Cloudflare.Env, newest: SigningKeyRow | undefined, atOnce: boolean, nowMs: number): Promise<SigningKeyRow> {
  const { publicKey, privateKey: secret } = await generateKeyPair(signatureAlgorithm, { crv: "Ed25519", extractable: true });
  const { kty = "", crv = "", x = "" } = await exportJWK(publicKey);
  // RFC 7638: the id follows from the key, so that no two keys share one.
  const kid = await calculateJwkThumbprint({ kty, crv, x });
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(await exportJWK(secret)));
  const sealed = await crypto.subtle.encrypt(sealing(nonce, kid), await sealingKey(env), text);
  const due = newest === undefined ? nowMs : Math.max(newest.signsFrom + signingKeyLifeMs, nowMs + publishedAheadMs);
  return {
    generation: (newest?.generation ?? 0) + 1,
    kid,
    publicJwk: { kty, crv, x, kid, alg: signatureAlgorithm, use: "sig" },
    nonce: Buffer.from(nonce),
    sealedPrivateJwk: Buffer.from(sealed),
    signsFrom: atOnce ? nowMs : due,
    createdAt: nowMs,
  };
}

/** Undefined for a key that was sealed with another secret: it verifies what it signed, and signs no more. */
async function privateKey(env: Cloudflare.Env, row: SigningKeyRow): Promise<CryptoKey | undefined> {
  const known = opened.get(row.kid);
  if (known !== undefined) return known;
  let text: ArrayBuffer;
  try {
    const sealed = Uint8Array.from(row.sealedPrivateJwk);
    text = await crypto.subtle.decrypt(sealing(Uint8Array.from(row.nonce), row.kid), await sealingKey(env), sealed);
  } catch (error) {
    logFor("signing-keys").error("signing_key_sealed_otherwise", error, { kid: row.kid });
    return undefined;
  }
  const key = await crypto.subtle.importKey("jwk", JSON.parse(new TextDecoder().decode(text)), "Ed25519", false, ["sign"]);
  opened.set(row.kid, key);
  return key;
}

function sealing(nonce: Uint8Array<ArrayBuffer>, kid: string) {
  return { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(kid) };
}

async function sealingKey(env: Cloudflare.Env): Promise<CryptoKey> {
  const raw = createHash("sha256")
    .update(`signing keys\n${sessionSecret(env)}`)
    .digest();
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}
