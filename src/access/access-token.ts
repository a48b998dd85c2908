import { errors, jwtVerify, SignJWT } from "jose";
import { accessTokenLifeMs } from "../kernel/bounds.ts";
import { isUuid } from "../kernel/id.ts";
import { type Jurisdiction, jurisdictions } from "../kernel/region.ts";
import { signatureAlgorithm, signingKey, verifyingKey } from "./signing-keys.ts";
import type { SessionParts } from "./token.ts";

const issuer = "countinghouse";
const type = "JWT";
/** Ours have about 450 characters; longer ones are not read. */
const lengthMax = 2_000;

/** Whether a bearer's token is of the form of a JWS (RFC 7515): its header is a JSON object in base64url. No key begins so. */
export function isAccessToken(text: string): boolean {
  return text.startsWith("eyJ");
}

/** A JWT (RFC 7519) that names a session, its object's jurisdiction, its user and its site. The session's Access object says what it may. */
export async function writeAccessToken(
  env: Cloudflare.Env,
  session: { readonly id: string; readonly userId: string; readonly siteId: string; readonly jurisdiction: Jurisdiction | null },
  nowMs: number,
): Promise<string> {
  const { kid, key } = await signingKey(env, nowMs);
  const issuedAt = Math.floor(nowMs / 1000);
  return new SignJWT({ sid: session.id, site: session.siteId, ...(session.jurisdiction === null ? {} : { in: session.jurisdiction }) })
    .setProtectedHeader({ alg: signatureAlgorithm, kid, typ: type })
    .setIssuer(issuer)
    .setSubject(session.userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + accessTokenLifeMs / 1000)
    .sign(key);
}

/** What an access token says; undefined where it is not one that we signed and that lives. One algorithm, whatever its header asks for (RFC 8725 §3.1). */
export async function readAccessToken(env: Cloudflare.Env, accessToken: string, nowMs: number): Promise<SessionParts | undefined> {
  if (accessToken.length > lengthMax) return undefined;
  try {
    const { payload } = await jwtVerify<{ sid: unknown; site: unknown; in: unknown }>(
      accessToken,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await verifyingKey(env, kid, nowMs);
        if (key === undefined) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        algorithms: [signatureAlgorithm],
        issuer,
        typ: type,
        requiredClaims: ["sub", "sid", "site", "iat", "exp"],
        currentDate: new Date(nowMs),
      },
    );
    const { sid, site, exp } = payload;
    if (typeof sid !== "string" || !isUuid(sid) || typeof site !== "string" || exp === undefined) return undefined;
    const jurisdiction = jurisdictions.find((known) => known === payload.in) ?? null;
    return { tokenId: sid, secret: null, siteId: site, jurisdiction, expiresAtMs: exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
