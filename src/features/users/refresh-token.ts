import { hashSecret, newSecret } from "../../access/token.ts";
import { compactId, readCompactId } from "../../kernel/id.ts";

/**
 * A refresh token: opaque to its owner, stored only as hashes. One half stays for the session's life, the other changes with each use, so that an old one
 * is distinguished from a guess without storing any (RFC 9700 §4.14.2: the use of an old one ends the session).
 */
export interface RefreshToken {
  readonly sessionId: string;
  readonly family: string;
  readonly turn: string;
}

export function newRefreshToken(sessionId: string): RefreshToken {
  return { sessionId, family: newSecret(), turn: newSecret() };
}

export function nextRefreshToken(token: RefreshToken): RefreshToken {
  return { ...token, turn: newSecret() };
}

export function hashesOf({ family, turn }: RefreshToken): { readonly familyHash: string; readonly turnHash: string } {
  return { familyHash: hashSecret(family), turnHash: hashSecret(turn) };
}

export function writeRefreshToken({ sessionId, family, turn }: RefreshToken): string {
  return `chr_${compactId(sessionId)}_${family}${turn}`;
}

export function readRefreshToken(text: string): RefreshToken | undefined {
  const match = /^chr_([0-9a-f]{32})_([\w-]{43})([\w-]{43})$/.exec(text);
  if (match === null) return undefined;
  const [, session = "", family = "", turn = ""] = match;
  return { sessionId: readCompactId(session), family, turn };
}
