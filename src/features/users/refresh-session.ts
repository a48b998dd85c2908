import { endTokens } from "../../access/end-tokens.ts";
import { isSameHash } from "../../access/token.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import { findSessionToken } from "../../db/tokens.ts";
import { sessionIdleMs } from "../../kernel/bounds.ts";
import type { AnonymousContext } from "../../operation/context.ts";
import { objectOf } from "../../platform/objects.ts";
import { refusal } from "../../platform/refused.ts";
import { standingOf } from "./credential.ts";
import { hashesOf, nextRefreshToken, readRefreshToken } from "./refresh-token.ts";
import type { StartedSession } from "./start-session.ts";
import { findSession, findUser, turnSession } from "./store.ts";

/** Gives a session its next refresh token. An old one, used again, ends the session: either it was stolen, or the next one was (RFC 9700 §4.14.2). */
export async function refreshSession(context: AnonymousContext, text: string, siteId: string | undefined): Promise<StartedSession> {
  const { directory } = context;
  const nowMs = context.clock();
  const given = readRefreshToken(text);
  if (given === undefined) throw wrong();
  const [session, token] = await Promise.all([findSession(directory, given.sessionId), findSessionToken(directory, given.sessionId)]);
  const { familyHash, turnHash } = hashesOf(given);
  // A guess ends nobody's session: it has not the half that stays.
  if (session === undefined || token === undefined || !isSameHash(session.familyHash, familyHash)) throw wrong();
  const isOver = token.revokedAt !== null || session.expiresAt <= nowMs || session.refreshedAt + sessionIdleMs <= nowMs;
  if (isOver || (siteId !== undefined && siteId !== token.siteId)) throw wrong();
  const next = nextRefreshToken(given);
  const isPresent = isSameHash(session.turnHash, turnHash);
  if (!isPresent || !(await turnSession(directory, session, { turnHash: hashesOf(next).turnHash, atMs: nowMs }))) {
    await endTokens(context, [session.id]);
    throw wrong();
  }
  const site = await findSiteScope(directory, token.siteId);
  const user = site && (await findUser(directory, site.firmId, session.userId));
  // Updated once more, so that a change that was interrupted in between is missing no longer than an access token lives.
  if (site === undefined || user === undefined || !(await objectOf(context.env.ACCESS, site, session.id).follow(standingOf(user)))) {
    await endTokens(context, [session.id]);
    throw wrong();
  }
  return { refreshToken: next, user, siteId: token.siteId, jurisdiction: site.jurisdiction, expiresAtMs: session.expiresAt };
}

function wrong() {
  return refusal("CREDENTIALS_INVALID", "The refresh token is unknown, used before, or its session has ended.");
}
