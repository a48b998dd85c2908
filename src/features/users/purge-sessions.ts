import { deleteEndedSessionTokens } from "../../db/tokens.ts";
import type { BaseContext } from "../../operation/context.ts";
import { deleteEndedSessions } from "./store.ts";

/** How long a session is remembered that has ended. */
const rememberedMs = 24 * 60 * 60 * 1000;

/** Deletes sessions that have ended: they come and go, and nobody lists them. Their objects clear themselves. */
export async function purgeSessions({ directory, clock }: BaseContext): Promise<void> {
  await deleteEndedSessions(directory, clock());
  await deleteEndedSessionTokens(directory, clock() - rememberedMs);
}
