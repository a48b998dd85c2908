import { createHash } from "node:crypto";
import { endTokens, updateTokens } from "../../access/end-tokens.ts";
import { findNamedPrincipal } from "../../db/tokens.ts";
import { compactId, readCompactId } from "../../kernel/id.ts";
import { type PrincipalKind, reaches } from "../../kernel/role.ts";
import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { userOf } from "../users/index.ts";

/**
 * The principal of a service's or an agent's key: every key of the name and kind in the site is the same one's.
 * Refuses, as `FORBIDDEN`, a name under which there was a key of a role that the caller does not reach.
 */
export async function namedPrincipal(context: OperationContext, kind: PrincipalKind, name: string): Promise<string> {
  const known = await findNamedPrincipal(context.directory, context.site.id, kind, name);
  if (known?.roles.some((role) => !reaches(context.actor.role, role)))
    throw refusal("FORBIDDEN", `A key of the role ${context.actor.role} does not reach the ${kind} of this name.`);
  // Follows from the name, so that two first keys at once are one principal's too.
  return known?.principalId ?? uuidV5(context.site.id, `${kind} ${name}`);
}

/** Whether the person asks in a session of theirs. */
export function isInSessionOf({ session, actor }: OperationContext, personId: string): boolean {
  return session !== null && actor.kind === "person" && actor.id === personId;
}

/** The user of a person's key. Refuses, as `FORBIDDEN`, to touch one's who is out of reach: an OWNER's is an OWNER's, whatever its own role. */
export async function userInReach(context: OperationContext, key: { readonly kind: PrincipalKind; readonly principalId: string }) {
  const user = key.kind === "person" ? await userOf(context, key.principalId) : undefined;
  if (user !== undefined && !reaches(context.actor.role, user.role))
    throw refusal("FORBIDDEN", `A key of the role ${context.actor.role} does not reach a user of the role ${user.role}.`);
  return user;
}

/**
 * Checks a key against its user after it was listed: a change or an end made meanwhile had no key to update. One of the two sees the other, because each writes before it reads.
 * Refuses, as `REFERENCE_NOT_FOUND`, a key whose user has gone.
 */
export async function checkAgainstUser(context: OperationContext, userId: string, tokenId: string): Promise<void> {
  const user = await userOf(context, userId);
  if (user !== undefined) return updateTokens(context, [tokenId], user);
  await endTokens(context, [tokenId]);
  throw refusal("REFERENCE_NOT_FOUND", "The user has left the firm.");
}

/** A UUID from a name (RFC 9562 §5.5). */
function uuidV5(namespace: string, name: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(compactId(namespace), "hex"))
    .update(name)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return readCompactId(hash.toString("hex", 0, 16));
}
