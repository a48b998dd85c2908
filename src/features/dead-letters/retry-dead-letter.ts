import { deadLetterRetriesMax } from "../../kernel/bounds.ts";
import type { BaseContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { lettersFor, type SentAgain } from "./dead-message.ts";
import { letterOfId } from "./find-letter.ts";
import { countRetry, undoRetry } from "./store.ts";
import { deadLetterView } from "./views.ts";

/** Sends what is left of a dead message to its queue again. The letter is deleted when the message is taken, and is dead again when it is not. */
export async function retryDeadLetter(context: BaseContext, id: string) {
  const row = await letterOfId(context, id);
  const { siteId, queue, message } = row;
  const binding: Queue<SentAgain> | undefined = context.env[queue];
  if (message === null || binding === undefined)
    throw refusal("DEAD_LETTER_STATE", "This release does not know the message, and sends none in its place.");
  if (row.retries >= deadLetterRetriesMax)
    throw refusal(
      "DEAD_LETTER_STATE",
      `The message was sent again ${deadLetterRetriesMax} times: mend its cause first, then heal its ledger.`,
    );
  const letters = await lettersFor(context, siteId);
  const counted = await countRetry(letters, row);
  if (counted === undefined) throw refusal("DEAD_LETTER_STATE", "Another request sends it again at this moment.");
  try {
    await binding.send({ deadLetter: { siteId, id }, message });
  } catch (error) {
    await undoRetry(letters, row);
    throw error;
  }
  return deadLetterView(counted);
}
