import { endTokensOfUser, type TokenContext, tellTokensOfUser } from "../../access/end-tokens.ts";
import { deletePassword, markTold, type UserRow, untoldUsers } from "./store.ts";

/**
 * Brings a user's sessions and keys to what the user is. `spared`: the password may have changed, so that sessions from before it end, but this one, which asked.
 * Undefined where it has not: then there are none to end.
 */
export async function tellUser(context: TokenContext, user: UserRow, spared: string | undefined): Promise<void> {
  if (user.deletedAt !== null) {
    await endTokensOfUser(context, user.id, () => true);
    await deletePassword(context.directory, user.id);
  } else {
    if (spared !== undefined) await endSessionsBeforePassword(context, user, spared);
    await tellTokensOfUser(context, user);
  }
  await markTold(context.directory, user);
}

function endSessionsBeforePassword(context: TokenContext, user: UserRow, spared: string): Promise<void> {
  const setAt = user.passwordSetAt ?? 0;
  return endTokensOfUser(context, user.id, (row) => row.isSession && row.createdAt <= setAt && row.id !== spared);
}

/** Users whose change was broken off before all that is theirs had learnt of it, and whose client has not repeated it. */
export async function tellUntoldUsers(context: TokenContext): Promise<void> {
  // Which session asked is not known any more: none is spared.
  for (const user of await untoldUsers(context.directory)) await tellUser(context, user, "");
}
