import type { DirectoryDatabase } from "../db/directory-database.ts";
import { findTokenPlace, markRevoked, markUserRole, type TokenRow, tokensOfUser } from "../db/tokens.ts";
import type { Clock } from "../kernel/clock.ts";
import { objectOf } from "../platform/objects.ts";
import { forgetLeasesOf } from "./leases.ts";
import type { UserStanding } from "./token.ts";

/** What it takes to end keys and sessions: an operation's context, and that of a sign-in. */
export interface TokenContext {
  readonly env: Cloudflare.Env;
  readonly directory: DirectoryDatabase;
  readonly clock: Clock;
}

/** Ends keys or sessions: here at once, everywhere within five seconds. The object is told first: a row without it would be a key that is listed as revoked and works. */
export async function endTokens(context: TokenContext, ids: readonly string[]): Promise<void> {
  await eachOf(ids, async (id) => {
    await (await objectOfToken(context, id))?.revoke();
    await markRevoked(context.directory, id, context.clock()).run();
    forgetLeasesOf(id);
  });
}

/** Ends the keys and sessions of a user that the choice takes. */
export async function endTokensOfUser(context: TokenContext, userId: string, choose: (row: TokenRow) => boolean): Promise<void> {
  const rows = await tokensOfUser(context.directory, userId);
  await endTokens(
    context,
    rows.filter(choose).map((row) => row.id),
  );
}

/** Tells every session and key of a user what the user is now. */
export async function tellTokensOfUser(context: TokenContext, user: UserStanding & { readonly id: string }): Promise<void> {
  const rows = await tokensOfUser(context.directory, user.id);
  await tellTokens(
    context,
    rows.map((row) => row.id),
    user,
  );
}

/** Tells some of a user's sessions and keys. */
export async function tellTokens(
  context: TokenContext,
  ids: readonly string[],
  user: UserStanding & { readonly id: string },
): Promise<void> {
  const { role, revision, mustChangePassword } = user;
  await eachOf(ids, async (id) => {
    await (await objectOfToken(context, id))?.follow({ role, revision, mustChangePassword });
    forgetLeasesOf(id);
  });
  await markUserRole(context.directory, user.id, role);
}

/** The object of a token that is listed, where its site's objects are kept; of one that is not any more there is nothing left to end or tell. */
async function objectOfToken({ env, directory }: TokenContext, id: string) {
  const place = await findTokenPlace(directory, id);
  return place && objectOf(env.ACCESS, place, id);
}

/** A Worker has six connections at a time; more would only wait. */
const atOnce = 6;

export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += atOnce) await Promise.all(items.slice(at, at + atOnce).map(work));
}
