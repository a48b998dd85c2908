import { signInsOf } from "../../access/sign-in-object.ts";
import { findFirstLiveSite, findSite } from "../../db/site-rows.ts";
import { failure } from "../../kernel/failures.ts";
import type { AnonymousContext } from "../../operation/context.ts";
import { countPerAddress } from "../../platform/count-per-address.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { findPassword, hashPassword, isOutdated, passwordCost } from "./password-hash.ts";
import { type StartedSession, startSession } from "./start-session.ts";
import { findUser, passwordsOfEmail, replaceHash } from "./store.ts";

/** Passwords to be checked: each occupies the isolate's thread for a sixth of a second. Those of one email have a separate limit. */
export const countPassword = countPerAddress(120);

/**
 * Signs a user in to the site named, or to the firm's first live one. The same email may be a user of several firms: the site says which is meant, or else
 * the password does, the firm that had the user first coming first. Nobody learns what exists: whatever is wrong costs the same work and gets the same answer.
 */
export async function signIn(
  context: AnonymousContext,
  request: { readonly email: string; readonly password: string; readonly siteId: string | undefined },
): Promise<StartedSession> {
  const { env, directory } = context;
  const waitSeconds = countPassword(context.address, context.clock());
  if (waitSeconds > 0)
    throw new Refused({ ...failure("RATE_LIMITED", "Too many passwords from this address."), retryAfterSeconds: waitSeconds });
  await beginPassword(env, request.email);
  const [ofEmail, named] = await Promise.all([
    passwordsOfEmail(directory, request.email),
    request.siteId === undefined ? undefined : findSite(directory, request.siteId),
  ]);
  const candidates = request.siteId === undefined ? ofEmail : ofEmail.filter(({ firmId }) => firmId === named?.firmId);
  const right = findPassword(passwordCost(env), request.password, candidates);
  const firmId = candidates.find(({ userId }) => userId === right?.userId)?.firmId;
  if (right === undefined || firmId === undefined) throw wrong();
  await signInsOf(env, request.email).succeed(ofEmail.length === 1);
  const [user, site] = await Promise.all([findUser(directory, firmId, right.userId), named ?? findFirstLiveSite(directory, firmId)]);
  if (user === undefined || site === undefined) throw wrong();
  return startSession(context, user, await renewHash(context, request.password, right, ofEmail), site);
}

/** Refuses, as `SIGN_IN_LOCKED`, to look at another password of an email that has had too many wrong ones. */
export async function beginPassword(env: Cloudflare.Env, email: string): Promise<void> {
  const waitMs = await signInsOf(env, email).begin();
  if (waitMs === 0) return;
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  throw new Refused({ ...failure("SIGN_IN_LOCKED", `Too many wrong passwords; wait ${retryAfterSeconds} s.`), retryAfterSeconds });
}

/** A password that is at hand in clear is hashed again where new ones cost more. */
async function renewHash(
  { env, directory }: AnonymousContext,
  password: string,
  { userId, hash }: { readonly userId: string; readonly hash: string },
  ofEmail: readonly { readonly userId: string; readonly hash: string }[],
): Promise<string> {
  const cost = passwordCost(env);
  if (!isOutdated(cost, hash)) return hash;
  const others = ofEmail.filter((other) => other.userId !== userId);
  const renewed = hashPassword(cost, password, userId, others);
  await replaceHash(directory, userId, hash, renewed);
  return renewed;
}

function wrong() {
  return refusal("CREDENTIALS_INVALID", "The email, the password or the site is wrong.");
}
