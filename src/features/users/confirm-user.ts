import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { credentialHumans } from "./credential.ts";
import { requireUser } from "./get-user.ts";
import { propagateUser } from "./propagate-user.ts";
import { requireRoleInReach, requireUsersInReach } from "./reach.ts";
import { changeUser, type UserRow } from "./store.ts";
import { whyNotChanged } from "./update-user.ts";

/**
 * Says that a user's password is their own by now, though somebody else once set it: four eyes count the two as two again, everywhere within five seconds.
 * A second OWNER or ADMIN says so, in a session: neither the user nor who set it. A repeated request completes an interrupted one.
 */
export async function confirmUser(context: OperationContext, id: string): Promise<UserRow> {
  requireUsersInReach(context);
  const { actor, session } = context;
  if (session === null) throw refusal("SESSION_REQUIRED", "A user is confirmed by a person, in a session.");
  const user = await requireUser(context, id);
  requireRoleInReach(context, user.role);
  if (actor.id === id) throw refusal("FORBIDDEN", "Nobody confirms themselves; another OWNER or ADMIN does.");
  if (user.credentialSetBy?.includes(actor.id))
    throw refusal("FORBIDDEN", "Who set the password does not confirm that it is the user's own; another OWNER or ADMIN does.");
  if (user.mustChangePassword)
    throw refusal(
      "PASSWORD_CHANGE_REQUIRED",
      "The user has yet to change the password that somebody else set; then they can be confirmed.",
    );
  const confirmed = credentialHumans(user).length === 0 ? user : await confirm(context, user);
  await propagateUser(context, confirmed, undefined);
  return confirmed;
}

async function confirm(context: OperationContext, user: UserRow): Promise<UserRow> {
  const by = context.actor.id;
  const changed = await changeUser(context.directory, user, { credentialConfirmedBy: by, credentialConfirmedAt: context.clock() });
  if (changed === undefined) throw await whyNotChanged(context, user);
  context.log.info("user_confirmed", { user: user.id, by, credentialSetBy: user.credentialSetBy });
  return changed;
}
