import type { DirectoryDatabase } from "../db/directory-database.ts";
import { findTokenResidency, markRevoked, markUserRole, type TokenRow, tokensOfUser } from "../db/tokens.ts";
import type { Clock } from "../kernel/clock.ts";
import { objectOf } from "../platform/objects.ts";
import { forgetLeasesOf } from "./leases.ts";
import type { UserStanding } from "./token.ts";

/** What is needed to end keys and sessions: an operation's context, and that of a sign-in. */
export interface TokenContext {
  readonly env: Cloudflare.Env;
  readonly directory: DirectoryDatabase;
  readonly clock: Clock;
}

/** Ends keys or sessions: here at once, everywhere within five seconds. The object comes first: otherwise a key could be listed as revoked and work. */
export async function endTokens(context: TokenContext, ids: readonly string[]): Promise<void> {
  await eachOf(ids, async (id) => {
    await (await objectOfToken(context, id))?.revoke();
    await markRevoked(context.directory, id, context.clock()).run();
    forgetLeasesOf(id);
  });
}

/** Ends the keys and sessions of a user that `choose` accepts. */
export async function endTokensOfUser(context: TokenContext, userId: string, choose: (row: TokenRow) => boolean): Promise<void> {
  const rows = await tokensOfUser(context.directory, userId);
  await endTokens(
    context,
    rows.filter(choose).map((row) => row.id),
  );
}

/** Updates every session and key of a user with what the user is now. */
export async function updateTokensOfUser(context: TokenContext, user: UserStanding & { readonly id: string }): Promise<void> {
  const rows = await tokensOfUser(context.directory, user.id);
  await updateTokens(
    context,
    rows.map((row) => row.id),
    user,
  );
}

/** Updates some of a user's sessions and keys. */
export async function updateTokens(
  context: TokenContext,
  ids: readonly string[],
  user: UserStanding & { readonly id: string },
): Promise<void> {
  const { role, revision, mustChangePassword, credentialHumans } = user;
  await eachOf(ids, async (id) => {
    await (await objectOfToken(context, id))?.follow({
      role,
      revision,
      mustChangePassword,
      ...(credentialHumans ? { credentialHumans } : {}),
    });
    forgetLeasesOf(id);
  });
  await markUserRole(context.directory, user.id, role);
}

/** The object of a listed token, in its site's jurisdiction; of one that is no longer listed there is nothing left to end or update. */
async function objectOfToken({ env, directory }: TokenContext, id: string) {
  const residency = await findTokenResidency(directory, id);
  return residency && objectOf(env.ACCESS, residency, id);
}

/** A Worker has six connections at a time; more would only wait. */
const atOnce = 6;

export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += atOnce) await Promise.all(items.slice(at, at + atOnce).map(work));
}
