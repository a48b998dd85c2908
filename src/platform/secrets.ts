import { createHash, timingSafeEqual } from "node:crypto";

/** The secrets of an installation, set with `wrangler secret put` or by the launcher. */
interface Secrets {
  /** Signs the cursors of lists, the fingerprints of requests and the marks of keys. */
  readonly CURSOR_SECRET?: string;
  /** Wraps the private keys that sign access tokens. */
  readonly SESSION_SECRET?: string;
  /** Lets the operator set what a site must not: a key's plan. Without it there is no such route. */
  readonly OPERATOR_TOKEN?: string;
  /** The invitation that sign-up requires where SIGNUP is `invitation`. */
  readonly INVITATION?: string;
}

/** The generated binding types know no secrets: their names are here. */
function secretsOf(env: Cloudflare.Env): Secrets {
  return env as Secrets;
}

export function cursorSecret(env: Cloudflare.Env): string {
  const secret = secretsOf(env).CURSOR_SECRET;
  if (!secret) throw new Error("CURSOR_SECRET is not set: without it cursors and marks of keys could be forged.");
  return secret;
}

export function sessionSecret(env: Cloudflare.Env): string {
  const secret = secretsOf(env).SESSION_SECRET;
  if (!secret) throw new Error("SESSION_SECRET is not set: without it the keys that sign access tokens would stand open.");
  return secret;
}

export function operatorToken(env: Cloudflare.Env): string | undefined {
  return secretsOf(env).OPERATOR_TOKEN || undefined;
}

export function invitationCode(env: Cloudflare.Env): string | undefined {
  return secretsOf(env).INVITATION || undefined;
}

/** Compares in constant time: the hashes are of one length. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(createHash("sha256").update(given).digest(), createHash("sha256").update(expected).digest());
}
