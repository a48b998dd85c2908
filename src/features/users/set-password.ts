import type { z } from "@hono/zod-openapi";
import { signInsOf } from "../../access/sign-in-object.ts";
import type { Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { commitUser } from "./commit-user.ts";
import { credentialColumns } from "./credential.ts";
import { normalizePassword } from "./domain/password-rules.ts";
import { credentialBy, isFoundersKey } from "./domain/password-setter.ts";
import { requireUser } from "./get-user.ts";
import { hashNewPassword, requirePasswordFit } from "./new-password.ts";
import { findPassword, passwordCost } from "./password-hash.ts";
import { propagateUser } from "./propagate-user.ts";
import { requireRoleInReach, requireUsersInReach } from "./reach.ts";
import type { SetPasswordRequest, UserView } from "./schemas.ts";
import { beginPassword } from "./sign-in.ts";
import { type CredentialColumns, findPasswordHash, markPasswordSet, putPassword, type UserRow } from "./store.ts";
import { userView } from "./views.ts";

/**
 * Sets a user's password: one's own with the present one, another's by who reaches the user. Every session of the user ends, but the one that asks.
 * A repetition under the idempotency key completes what was broken off.
 */
export async function setPassword(
  context: OperationContext,
  id: string,
  request: z.infer<typeof SetPasswordRequest>,
): Promise<Once<z.infer<typeof UserView>>> {
  requirePermission(context, "self");
  const isOwn = context.actor.kind === "person" && context.actor.id === id;
  if (!isOwn) requireUsersInReach(context);
  const user = await requireUser(context, id);
  if (!isOwn) requireRoleInReach(context, user.role);
  const mustChange = !isOwn && (request.mustChangePassword ?? !isOwnersKeyForOwner(context, user));
  const kept = await commitUser(context, async () => {
    requirePasswordFit(request.password, user.email, "/password");
    if (isOwn) await requirePresentPassword(context, user, request);
    const hash = await hashNewPassword(context, user, request.password);
    const nowMs = context.clock();
    const credential = isOwn ? undefined : credentialOf(context, user);
    const set = { mustChangePassword: mustChange, atMs: nowMs, isOwn, credential };
    const after: UserRow = { ...user, ...credential, mustChangePassword: mustChange, passwordSetAt: nowMs, revision: user.revision + 1 };
    const statements = [markPasswordSet(context.directory, user, set), putPassword(context.directory, id, hash)];
    return { statements, value: userView(after) };
  });
  await propagateUser(context, await requireUser(context, id), context.tokenId);
  return kept;
}

/** Who else sets the password. What descends from somebody else's stays so where the user changes it, in a session that may be the other's. */
function credentialOf(context: OperationContext, user: UserRow): CredentialColumns | undefined {
  const isHeldByNobody = (context.actor.humans ?? []).length === 0;
  if (user.passwordSetAt === null && isHeldByNobody && isOwnersKeyForOwner(context, user)) return undefined;
  const credential = credentialBy(context.actor, user.id);
  return credential && credentialColumns(credential);
}

/** How a firm that signed up without a password gets its OWNER's: nobody else has set it. */
function isOwnersKeyForOwner({ actor }: OperationContext, user: UserRow): boolean {
  return isFoundersKey(actor) && user.role === "OWNER";
}

/** Wrong ones count as those of a sign-in do, by user: a session that was stolen must not be a place to guess, and what strangers have tried keeps no session out. */
async function requirePresentPassword(
  context: OperationContext,
  user: UserRow,
  { password, currentPassword }: z.infer<typeof SetPasswordRequest>,
): Promise<void> {
  const fault = (pointer: string, message: string) => refusal("VALIDATION_ERROR", message, [{ pointer, code: "invalid", message }]);
  if (currentPassword === undefined) throw fault("/currentPassword", "One's own password is changed with the present one.");
  if (normalizePassword(currentPassword) === normalizePassword(password)) throw fault("/password", "The new password is the present one.");
  const guesser = { kind: "user", name: user.id } as const;
  await beginPassword(context.env, user.email, guesser);
  const hash = await findPasswordHash(context.directory, user.id);
  const isRight =
    (await findPassword(passwordCost(context.env), currentPassword, hash === undefined ? [] : [{ userId: user.id, hash }])) !== undefined;
  if (!isRight) throw refusal("PASSWORD_INCORRECT", "The present password is not right.");
  await signInsOf(context.env, user.email).succeed(true, guesser);
}
