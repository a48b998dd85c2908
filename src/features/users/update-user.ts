import type { z } from "@hono/zod-openapi";
import type { OperationContext } from "../../operation/context.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { refusal } from "../../platform/refused.ts";
import { getUser } from "./get-user.ts";
import { propagateUser } from "./propagate-user.ts";
import { requireRoleInReach, requireUsersInReach } from "./reach.ts";
import type { UpdateUserRequest } from "./schemas.ts";
import { changeUser, findUser, type UserRow } from "./store.ts";

/** Changes a user's name or role. A new role applies to every session and key of theirs within five seconds; a lower one lowers their keys for ever. */
export async function updateUser(
  context: OperationContext,
  id: string,
  request: z.infer<typeof UpdateUserRequest>,
  revisions: Revisions | undefined,
): Promise<UserRow> {
  requireUsersInReach(context);
  const user = await getUser(context, id);
  requireRoleInReach(context, user.role);
  if (request.role !== undefined) requireRoleInReach(context, request.role);
  requireRevision(revisions, user.revision);
  const { name, role } = request;
  const change = { ...(name === undefined ? {} : { name }), ...(role === undefined ? {} : { role }) };
  const changed = await changeUser(context.directory, user, change);
  if (changed === undefined) throw await whyNotChanged(context, user);
  await propagateUser(context, changed, undefined);
  return changed;
}

/** A user that was not changed has changed meanwhile, or is the last OWNER of the firm or has the last OWNER key of a site. */
export async function whyNotChanged({ directory }: OperationContext, user: UserRow) {
  const now = await findUser(directory, user.firmId, user.id);
  if (now?.revision !== user.revision) return refusal("PRECONDITION_FAILED", "The user was changed meanwhile.");
  return refusal("LAST_OWNER", "This is the firm's last OWNER, or has the last OWNER key of one of its sites. Make another first.");
}
