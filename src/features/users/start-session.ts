import { endTokens, updateTokens } from "../../access/end-tokens.ts";
import { defaultPlan } from "../../access/issue-token.ts";
import { findSite, type SiteRow, siteScope } from "../../db/site-rows.ts";
import { insertToken, tokensOfUser } from "../../db/tokens.ts";
import { sessionLifeMs, sessionsPerUserMax } from "../../kernel/bounds.ts";
import type { Jurisdiction } from "../../kernel/region.ts";
import type { AnonymousContext } from "../../operation/context.ts";
import { objectOf } from "../../platform/objects.ts";
import { refusal } from "../../platform/refused.ts";
import { credentialHumans, standingOf } from "./credential.ts";
import { hashesOf, newRefreshToken, type RefreshToken } from "./refresh-token.ts";
import { findPasswordHash, findUser, insertSession, markSignedIn, type UserRow } from "./store.ts";

export interface StartedSession {
  readonly refreshToken: RefreshToken;
  readonly user: UserRow;
  readonly siteId: string;
  readonly jurisdiction: Jurisdiction | null;
  readonly expiresAtMs: number;
}

/** Makes a session of a user at a site: its Access object, then its rows. `hash`: the password that was right. */
export async function startSession(context: AnonymousContext, user: UserRow, hash: string, site: SiteRow): Promise<StartedSession> {
  const { directory } = context;
  const [id, nowMs] = [context.newId(), context.clock()];
  const refreshToken = newRefreshToken(id);
  const expiresAtMs = nowMs + sessionLifeMs;
  const person = { kind: "person", role: user.role, principalId: user.id, entityIds: null } as const;
  await objectOf(context.env.ACCESS, site, id).create({
    tokenId: id,
    secretHash: null,
    ...person,
    site: siteScope(site),
    expiresAtMs,
    plan: defaultPlan,
    session: { expiresAtMs, mustChangePassword: user.mustChangePassword },
    heldBy: [user.id],
    credentialSetBy: credentialHumans(user),
  });
  const token = { id, siteId: site.id, name: "Session", ...person, hint: "", expiresAt: expiresAtMs, createdAt: nowMs };
  await directory.orm.batch([
    insertToken(directory, { ...token, revokedAt: null, lastUsedAt: null, isSession: true }),
    insertSession(directory, { id, userId: user.id, ...hashesOf(refreshToken), refreshedAt: nowMs, expiresAt: expiresAtMs }),
    markSignedIn(directory, user.id, nowMs),
  ]);
  const now = await checkAgainstDirectory(context, { id, user, hash, site });
  await endOldest(context, user.id);
  return { refreshToken, user: now, siteId: site.id, jurisdiction: site.jurisdiction, expiresAtMs };
}

/**
 * A change of the user, the password or the site made meanwhile had no session to update. One of the two sees the other,
 * because each writes before it reads.
 */
async function checkAgainstDirectory(
  context: AnonymousContext,
  made: { readonly id: string; readonly user: UserRow; readonly hash: string; readonly site: SiteRow },
): Promise<UserRow> {
  const { id, user, hash, site } = made;
  const [userNow, hashNow, siteNow] = await Promise.all([
    findUser(context.directory, user.firmId, user.id),
    findPasswordHash(context.directory, user.id),
    findSite(context.directory, site.id),
  ]);
  if (userNow === undefined || hashNow !== hash || siteNow === undefined) {
    await endTokens(context, [id]);
    throw refusal("CREDENTIALS_INVALID", "The user or the password has changed meanwhile.");
  }
  if (userNow.revision !== user.revision) await updateTokens(context, [id], standingOf(userNow));
  if (siteNow.revision !== site.revision || siteNow.epoch !== site.epoch)
    await objectOf(context.env.ACCESS, site, id).setSite(siteScope(siteNow));
  return userNow;
}

async function endOldest(context: AnonymousContext, userId: string): Promise<void> {
  const nowMs = context.clock();
  const live = (await tokensOfUser(context.directory, userId)).filter((row) => row.isSession && (row.expiresAt ?? 0) > nowMs);
  await endTokens(
    context,
    live.slice(0, Math.max(0, live.length - sessionsPerUserMax)).map((row) => row.id),
  );
}
