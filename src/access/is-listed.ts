import { directoryDatabase } from "../db/directory-database.ts";
import { findTokenResidency } from "../db/tokens.ts";

/** Whether the directory lists a token of the id: every token was listed before its key was shown. */
export async function isListed(env: Pick<Cloudflare.Env, "DIRECTORY">, tokenId: string): Promise<boolean> {
  return (await findTokenResidency(directoryDatabase(env), tokenId)) !== undefined;
}
