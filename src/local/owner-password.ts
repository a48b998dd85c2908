import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import { pageLimitMax } from "../kernel/bounds.ts";
import { callApi } from "./api-client.ts";
import { type StoredKeys, storeKeys } from "./data-files.ts";
import type { WorkerSecrets } from "./secrets.ts";

/** The owner of the firm that a first start signs up. */
export const ownerEmail = "owner@example.com";

/** How the owner signs in, as a start shows it. */
export interface OwnerAccess {
  readonly email: string;
  /** Where it is shown: once, or after it was set anew. */
  readonly password?: string;
}

/** Without those that look like another: 32 letters and digits, five bits each. */
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

function inGroups(bytes: Buffer): string {
  const letters = [...bytes.subarray(0, 20)].map((byte) => alphabet[byte % alphabet.length]).join("");
  return letters.match(/.{5}/g)?.join("-") ?? letters;
}

/** The data folder's own, like the key of its sign-up: a sign-up whose answer was lost is repeated with the same password. */
export function firstOwnerPassword({ OPERATOR_TOKEN }: WorkerSecrets): string {
  return inGroups(createHmac("sha256", OPERATOR_TOKEN).update("the owner's first password").digest());
}

const Users = z.object({
  data: z.array(z.object({ id: z.string(), email: z.string(), role: z.string(), passwordSetAt: z.string().nullable() })),
});

/**
 * The owner's password, where it is to be shown: that of the first start, until it was shown; a new one where that is wished, or where an earlier build
 * signed the firm up without any. Call `passwordShown` when it has been.
 */
export async function ownerAccess(
  baseUrl: string,
  keys: StoredKeys,
  secrets: WorkerSecrets,
  wishes: { readonly renew: boolean },
): Promise<OwnerAccess> {
  if (!wishes.renew && keys.owner !== undefined) {
    const { email, passwordShown } = keys.owner;
    return passwordShown ? { email } : { email, password: firstOwnerPassword(secrets) };
  }
  const live = { baseUrl, key: keys.live.key };
  const { data } = Users.parse((await callApi(live, "GET", `/users?limit=${pageLimitMax}`)).body);
  const owners = data.filter(({ role }) => role === "OWNER");
  const owner = owners.find(({ email }) => email === (keys.owner?.email ?? ownerEmail)) ?? owners[0];
  if (owner === undefined) throw new Error("The firm has no OWNER among its users.");
  if (!wishes.renew && owner.passwordSetAt !== null) return { email: owner.email };
  const password = inGroups(randomBytes(20));
  await callApi(live, "POST", `/users/${owner.id}/password`, { body: { password, mustChangePassword: false } });
  return { email: owner.email, password };
}

export function passwordShown(dataDir: string, keys: StoredKeys, { email }: OwnerAccess): void {
  if (keys.owner?.email === email && keys.owner.passwordShown) return;
  storeKeys(dataDir, { ...keys, owner: { email, passwordShown: true } });
}

/** A command that signs the owner in to the sandbox, to paste into a shell. */
export function signInLine(baseUrl: string, siteId: string, email: string, password: string): string {
  const body = JSON.stringify({ email, password, siteId });
  return `curl -s '${baseUrl}/api/v1/auth/token' -H 'Content-Type: application/json' -d '${body}'`;
}
