import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { propagateUser } from "./propagate-user.ts";
import { requireRoleInReach, requireUsersInReach } from "./reach.ts";
import { changeUser, findUserEver } from "./store.ts";
import { whyNotChanged } from "./update-user.ts";

/** Removes a user from the firm: every session and key of theirs ends within five seconds. What they did stays theirs. A repeated request completes an interrupted one. */
export async function deleteUser(context: OperationContext, id: string): Promise<void> {
  requireUsersInReach(context);
  const { directory, site } = context;
  const user = await findUserEver(directory, site.firmId, id);
  if (user === undefined) throw refusal("NOT_FOUND", "Nothing with this id exists in the firm.");
  requireRoleInReach(context, user.role);
  const left = user.deletedAt === null ? await changeUser(directory, user, { deletedAt: context.clock() }) : user;
  if (left === undefined) throw await whyNotChanged(context, user);
  await propagateUser(context, left, undefined);
}
