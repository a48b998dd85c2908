import { endTokensOfUser, type TokenContext, updateTokensOfUser } from "../../access/end-tokens.ts";
import { sweep } from "../../operation/sweep.ts";
import type { SystemContext } from "../../operation/system-context.ts";
import { standingOf } from "./credential.ts";
import { deletePassword, markPropagated, type UserRow, usersToPropagate } from "./store.ts";

/**
 * Updates a user's sessions and keys with what the user is. `spared`: the password may have changed, so sessions from before it end, except this one, which asked.
 * Undefined where it has not changed: then there are none to end.
 */
export async function propagateUser(context: TokenContext, user: UserRow, spared: string | undefined): Promise<void> {
  if (user.deletedAt !== null) {
    await endTokensOfUser(context, user.id, () => true);
    await deletePassword(context.directory, user.id);
  } else {
    if (spared !== undefined) await endSessionsBeforePassword(context, user, spared);
    await updateTokensOfUser(context, standingOf(user));
  }
  await markPropagated(context.directory, user);
}

function endSessionsBeforePassword(context: TokenContext, user: UserRow, spared: string): Promise<void> {
  const setAt = user.passwordSetAt ?? 0;
  return endTokensOfUser(context, user.id, (row) => row.isSession && row.createdAt <= setAt && row.id !== spared);
}

/** Users whose change was interrupted before it reached all that is theirs, and whose client has not repeated it. */
export async function propagateWaitingUsers(context: SystemContext): Promise<void> {
  // Which session asked is no longer known: none is spared.
  const propagate = (user: UserRow) => propagateUser(context, user, "");
  await sweep(context, { event: "user_told", factsOf: ({ id }) => ({ user: id }) }, await usersToPropagate(context.directory), propagate);
}
