import type { BaseContext } from "../../operation/context.ts";
import { type LetterId, lettersFor } from "./dead-message.ts";
import { deleteSentAgain } from "./store.ts";

/** Deletes a letter whose message was sent again and has been taken. */
export async function settleDeadLetter(context: BaseContext, { siteId, id }: LetterId): Promise<void> {
  await deleteSentAgain(await lettersFor(context, siteId), siteId, id);
}
