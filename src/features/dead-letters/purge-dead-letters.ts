import { deadLetterLifeMs } from "../../kernel/bounds.ts";
import type { BaseContext } from "../../operation/context.ts";
import { allLetters, deleteDeadSince } from "./store.ts";

/** Deletes letters that nobody has had sent again for two weeks. */
export async function purgeDeadLetters({ env, directory, clock }: BaseContext): Promise<void> {
  for (const letters of allLetters(env, directory)) await deleteDeadSince(letters, clock() - deadLetterLifeMs);
}
