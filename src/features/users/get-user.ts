import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { siteOfUsersSeen } from "./reach.ts";
import { findUser, type UserRow } from "./store.ts";

/** A user of the firm whom the key sees. */
export async function getUser(context: OperationContext, id: string): Promise<UserRow> {
  return requireUser(context, id, siteOfUsersSeen(context));
}

/** Refuses, as `NOT_FOUND`, who is no user of the firm, or has nothing at the site where one is given. */
export async function requireUser({ directory, site }: OperationContext, id: string, siteId?: string): Promise<UserRow> {
  const user = await findUser(directory, site.firmId, id, siteId);
  if (user === undefined) throw refusal("NOT_FOUND", "Nothing with this id exists in the firm.");
  return user;
}
