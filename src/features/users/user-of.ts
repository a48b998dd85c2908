import type { UserStanding } from "../../access/token.ts";
import type { OperationContext } from "../../operation/context.ts";
import { standingOf } from "./credential.ts";
import { findUser } from "./store.ts";

/** A user of the context's firm, for whom a person's key acts; undefined where there is none, or has left. */
export async function userOf(
  context: Pick<OperationContext, "directory" | "site">,
  id: string,
): Promise<(UserStanding & { readonly id: string }) | undefined> {
  const user = await findUser(context.directory, context.site.firmId, id);
  return user && standingOf(user);
}
