import { type Device, readDevice } from "../../access/device.ts";
import { type Guesser, signInsOf } from "../../access/sign-in-object.ts";
import { findFirstLiveSite, findSite } from "../../db/site-rows.ts";
import { passwordsPerMinute, usersPerSignInMax } from "../../kernel/bounds.ts";
import { failure } from "../../kernel/failures.ts";
import { networkOf } from "../../kernel/network-address.ts";
import type { AnonymousContext } from "../../operation/context.ts";
import { countPerAddress } from "../../platform/count-per-address.ts";
import { Refused, rateLimited, refusal } from "../../platform/refused.ts";
import { findPassword, hashesFor, hashPassword, isOutdated, passwordCost } from "./password-hash.ts";
import { type StartedSession, startSession } from "./start-session.ts";
import { candidateOfEmail, findUser, passwordsOfEmail, replaceHash, type SignInCandidate } from "./store.ts";

/** Passwords to be checked. Those of one email have separate limits. */
export const countPassword = countPerAddress(passwordsPerMinute);

interface SignInRequest {
  readonly email: string;
  readonly password: string;
  readonly siteId: string | undefined;
  readonly device: string | undefined;
}

export interface SignedIn extends StartedSession {
  /** The device that has just signed in. */
  readonly device: Device;
}

/**
 * Signs a user in to the site named, or to the firm's first live one. The same email may be a user of several firms, and anybody may sign one up: the site says
 * which is meant, or else the device, or else the password does, of at most five users. Nobody learns what exists: whatever is wrong costs the same work and
 * gets the same answer.
 */
export async function signIn(context: AnonymousContext, request: SignInRequest): Promise<SignedIn> {
  const { env, directory } = context;
  // A reset that comes meanwhile ends the device.
  const nowMs = context.clock();
  const waitSeconds = countPassword(context.address, nowMs);
  if (waitSeconds > 0) throw rateLimited("Too many passwords from this address", waitSeconds);
  const shown = request.device === undefined ? undefined : readDevice(env, request.device, nowMs);
  const stranger: Guesser = { kind: "address", name: networkOf(context.address) };
  // Counted before anything is looked up; a device that we signed is looked up first, because it is good for one user only.
  if (shown === undefined) await beginPassword(env, request.email, stranger);
  const { candidates, ofEmail, named } = await findCandidates(context, request, shown);
  const own = shown && candidates.find((candidate) => isDeviceOf(candidate, shown));
  if (shown !== undefined && own === undefined) await beginPassword(env, request.email, stranger);
  countFurtherHashes(context, candidates, nowMs);
  const right =
    shown === undefined || own === undefined
      ? await tryAsStranger(context, request, { candidates, stranger, isAlone: ofEmail.length === 1 })
      : await tryWithDevice(context, request, { own, others: candidates.filter((other) => other !== own), device: shown, stranger });
  if (right === undefined) throw wrong();
  const [user, site] = await Promise.all([
    findUser(directory, right.firmId, right.userId),
    named ?? findFirstLiveSite(directory, right.firmId),
  ]);
  if (user === undefined || site === undefined) throw wrong();
  const started = await startSession(context, user, await renewHash(context, request.password, right, ofEmail), site);
  const id = right === own && shown !== undefined ? shown.id : context.newId();
  return { ...started, device: { id, userId: user.id, issuedAtMs: nowMs } };
}

/** Whose passwords are tried: with a site that firm's user, or else the device's, then the email's who signed in last, then its oldest. */
async function findCandidates({ directory }: AnonymousContext, { email, siteId }: SignInRequest, shown: Device | undefined) {
  const [ofEmail, named, ofDevice] = await Promise.all([
    passwordsOfEmail(directory, email),
    siteId === undefined ? undefined : findSite(directory, siteId),
    siteId === undefined && shown !== undefined ? candidateOfEmail(directory, email, { userId: shown.userId }) : undefined,
  ]);
  if (siteId !== undefined) {
    // Asked for a site that there is not, too: it takes as long.
    const ofFirm = await candidateOfEmail(directory, email, { firmId: named?.firmId ?? "" });
    return { candidates: ofFirm === undefined ? [] : [ofFirm], ofEmail, named };
  }
  const others = ofEmail.filter(({ userId }) => userId !== ofDevice?.userId);
  const candidates = (ofDevice === undefined ? others : [ofDevice, ...others]).slice(0, usersPerSignInMax);
  return { candidates, ofEmail, named };
}

function isDeviceOf({ userId, devicesFrom }: SignInCandidate, device: Device): boolean {
  return device.userId === userId && (devicesFrom === null || device.issuedAtMs > devicesFrom);
}

/** Who shows no device: counted already. */
async function tryAsStranger(
  { env }: AnonymousContext,
  { email, password }: SignInRequest,
  given: { readonly candidates: readonly SignInCandidate[]; readonly stranger: Guesser; readonly isAlone: boolean },
): Promise<SignInCandidate | undefined> {
  const right = await findCandidate(env, password, given.candidates);
  // Where others have the email too, a guesser may be one of them: a right password forgives no more than itself.
  if (right !== undefined) await signInsOf(env, email).succeed(given.isAlone, given.stranger);
  return right;
}

/**
 * Who shows a device: the password of its user is counted against the device alone. Those of the email's other users are tried as any stranger would try them,
 * so that one's own device opens no way to guess another's password.
 */
async function tryWithDevice(
  { env }: AnonymousContext,
  { email, password }: SignInRequest,
  given: {
    readonly own: SignInCandidate;
    readonly others: readonly SignInCandidate[];
    readonly device: Device;
    readonly stranger: Guesser;
  },
): Promise<SignInCandidate | undefined> {
  const { own, others, stranger } = given;
  const device: Guesser = { kind: "device", name: given.device.id };
  await beginPassword(env, email, device);
  const signIns = signInsOf(env, email);
  if ((await findCandidate(env, password, [own])) !== undefined) {
    await signIns.succeed(true, device);
    return own;
  }
  if (others.length === 0 || (await signIns.begin(stranger)) > 0) return undefined;
  const right = await findCandidate(env, password, others);
  if (right !== undefined) await Promise.all([signIns.succeed(false, stranger), signIns.succeed(false, device)]);
  return right;
}

async function findCandidate(
  env: Cloudflare.Env,
  password: string,
  candidates: readonly SignInCandidate[],
): Promise<SignInCandidate | undefined> {
  const right = await findPassword(passwordCost(env), password, candidates);
  return candidates.find(({ userId }) => userId === right?.userId);
}

/** What costs several hashes counts as several passwords of the address. */
function countFurtherHashes({ address }: AnonymousContext, candidates: readonly SignInCandidate[], nowMs: number): void {
  for (let hashes = hashesFor(candidates); hashes > 1; hashes -= 1) countPassword(address, nowMs);
}

/** Refuses, as `SIGN_IN_LOCKED`, to look at another password of who has given too many wrong ones for the email. */
export async function beginPassword(env: Cloudflare.Env, email: string, guesser: Guesser): Promise<void> {
  const waitMs = await signInsOf(env, email).begin(guesser);
  if (waitMs === 0) return;
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  throw new Refused({ ...failure("SIGN_IN_LOCKED", `Too many wrong passwords; wait ${retryAfterSeconds} s.`), retryAfterSeconds });
}

/** A password that is at hand in clear is hashed again where new ones cost more. */
async function renewHash(
  { env, directory }: AnonymousContext,
  password: string,
  { userId, hash }: SignInCandidate,
  ofEmail: readonly SignInCandidate[],
): Promise<string> {
  const cost = passwordCost(env);
  if (!isOutdated(cost, hash)) return hash;
  const others = ofEmail.filter((other) => other.userId !== userId);
  const renewed = await hashPassword(cost, password, userId, others);
  await replaceHash(directory, userId, hash, renewed);
  return renewed;
}

function wrong() {
  return refusal(
    "CREDENTIALS_INVALID",
    "The email, the password or the site is wrong. An email may have users in several firms: without `siteId` at most five of them are tried, with it that firm's.",
  );
}
