import type { z } from "@hono/zod-openapi";
import { isUniqueViolation } from "../../db/run-batch.ts";
import type { Once } from "../../operation/commit-once.ts";
import { commitSecretOnce, ownClaim } from "../../operation/commit-secret-once.ts";
import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { credentialBy, isFoundersKey } from "./domain/password-setter.ts";
import { newUser } from "./new-user.ts";
import { requireRoleInReach, requireUsersInReach } from "./reach.ts";
import type { CreateUserRequest, UserView } from "./schemas.ts";
import { userView } from "./views.ts";

/** Makes a user of the firm. Nobody makes one of a higher role than their own. */
export async function createUser(
  context: OperationContext,
  request: z.infer<typeof CreateUserRequest>,
): Promise<Once<z.infer<typeof UserView>>> {
  requireUsersInReach(context);
  requireRoleInReach(context, request.role);
  const { email, role, name = null, password } = request;
  const wish = { firmId: context.site.firmId, email, name, role, mustChangePassword: request.mustChangePassword ?? true };
  try {
    return await commitSecretOnce(context.directory, ownClaim(context), context.clock, async () => {
      // The first password that a founder's key gives counts as the user's own; one that it sets later does not.
      const { user, statements } = await newUser(context, wish, password, "/password", (id) =>
        isFoundersKey(context.actor) ? undefined : credentialBy(context.actor, id),
      );
      return { statements, value: userView(user) };
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = "The firm has a user of this email.";
    throw refusal("CODE_TAKEN", message, [{ pointer: "/email", code: "CODE_TAKEN", message }]);
  }
}
