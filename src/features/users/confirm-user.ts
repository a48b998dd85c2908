import type { z } from "@hono/zod-openapi";
import type { Once } from "../../operation/commit-once.ts";
import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { commitUser } from "./commit-user.ts";
import { credentialHumans } from "./credential.ts";
import { requireUser } from "./get-user.ts";
import { propagateUser } from "./propagate-user.ts";
import { requireRoleInReach, requireUsersInReach } from "./reach.ts";
import type { UserView } from "./schemas.ts";
import { markConfirmed } from "./store.ts";
import { userView } from "./views.ts";

/**
 * Says that a user's password is their own by now, though somebody else once set it: four eyes count the two as two again, everywhere within five seconds.
 * A second OWNER or ADMIN says so, in a session: neither the user nor who set it. A repeated request completes an interrupted one.
 */
export async function confirmUser(context: OperationContext, id: string): Promise<Once<z.infer<typeof UserView>>> {
  requireUsersInReach(context);
  const { actor, session } = context;
  const user = await requireUser(context, id);
  requireRoleInReach(context, user.role);
  if (session === null) throw refusal("SESSION_REQUIRED", "A user is confirmed by a person, in a session.");
  if (actor.id === id) throw refusal("FORBIDDEN", "Nobody confirms themselves; another OWNER or ADMIN does.");
  if (user.credentialSetBy?.includes(actor.id))
    throw refusal("FORBIDDEN", "Who set the password does not confirm that it is the user's own; another OWNER or ADMIN does.");
  if (user.mustChangePassword)
    throw refusal(
      "PASSWORD_CHANGE_REQUIRED",
      "The user has yet to change the password that somebody else set; then they can be confirmed.",
    );
  const kept = await commitUser(context, async () => {
    if (credentialHumans(user).length === 0) return { statements: [], value: userView(user) };
    const [by, atMs] = [actor.id, context.clock()];
    const after = { ...user, credentialConfirmedBy: by, credentialConfirmedAt: atMs, revision: user.revision + 1 };
    context.log.info("user_confirmed", { user: id, by, credentialSetBy: user.credentialSetBy });
    return { statements: [markConfirmed(context.directory, user, by, atMs)], value: userView(after) };
  });
  await propagateUser(context, await requireUser(context, id), undefined);
  return kept;
}
