import { directoryDatabase } from "../../db/directory-database.ts";
import { deleteEndedSessionTokens } from "../../db/tokens.ts";
import { deleteEndedSessions } from "./store.ts";

/** How long a session is remembered that has ended. */
const rememberedMs = 24 * 60 * 60 * 1000;

/** Deletes sessions that have ended: they come and go, and nobody lists them. Their objects clear themselves. */
export async function purgeSessions(env: Cloudflare.Env, nowMs: number): Promise<void> {
  const directory = directoryDatabase(env);
  await deleteEndedSessions(directory, nowMs);
  await deleteEndedSessionTokens(directory, nowMs - rememberedMs);
}
