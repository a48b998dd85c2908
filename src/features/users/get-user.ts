import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { findUser, type UserRow } from "./store.ts";

/** A user of the firm. */
export async function getUser(context: OperationContext, id: string): Promise<UserRow> {
  requirePermission(context, "users:write");
  return requireUser(context, id);
}

/** Refuses, as `NOT_FOUND`, who is no user of the firm. */
export async function requireUser({ directory, site }: OperationContext, id: string): Promise<UserRow> {
  const user = await findUser(directory, site.firmId, id);
  if (user === undefined) throw refusal("NOT_FOUND", "Nothing with this id exists in the firm.");
  return user;
}
