import { createHmac, timingSafeEqual } from "node:crypto";
import { deviceLifeMs } from "../kernel/bounds.ts";
import { compactId, readCompactId } from "../kernel/id.ts";
import { sessionSecret } from "../platform/secrets.ts";

/**
 * A device on which a user has signed in before. Who shows it is not stopped by what strangers have tried with the user's email.
 * It opens nothing: the password is asked for all the same, and guesses are counted against the device.
 */
export interface Device {
  readonly id: string;
  readonly userId: string;
  /** Unix milliseconds. */
  readonly issuedAtMs: number;
}

/**
 * A device as its owner stores it. Its form is that of no key, access token or refresh token, so that it is taken for none. Signed under a key of its own
 * (HMAC-SHA256, RFC 2104) that is made of the sessions' secret; nothing is stored of it.
 */
export function writeDevice(env: Cloudflare.Env, { id, userId, issuedAtMs }: Device): string {
  const said = `chd_${compactId(userId)}_${compactId(id)}_${issuedAtMs}_${issuedAtMs + deviceLifeMs}`;
  return `${said}_${signatureOf(env, said)}`;
}

/** The device that a text is; undefined where we did not sign it, or it is over. */
export function readDevice(env: Cloudflare.Env, text: string, nowMs: number): Device | undefined {
  const match = /^(chd_([0-9a-f]{32})_([0-9a-f]{32})_(\d{1,15})_(\d{1,15}))_([\w-]{43})$/.exec(text);
  if (match === null) return undefined;
  const [, said = "", user = "", device = "", issuedAt, expiresAt, signature = ""] = match;
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(env, said)))) return undefined;
  if (nowMs >= Number(expiresAt)) return undefined;
  return { id: readCompactId(device), userId: readCompactId(user), issuedAtMs: Number(issuedAt) };
}

function signatureOf(env: Cloudflare.Env, said: string): string {
  const key = createHmac("sha256", sessionSecret(env)).update("devices").digest();
  return createHmac("sha256", key).update(said).digest("base64url");
}
