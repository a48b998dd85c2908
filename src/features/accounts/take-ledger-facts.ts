import { isSiteMoving } from "../../db/site-fence.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import type { LedgerFactsMessage } from "../../ledger/facts-message.ts";
import { consumer } from "../../operation/consumer.ts";
import type { BaseContext } from "../../operation/context.ts";
import { contextInSite } from "../../operation/system-context.ts";
import { projectAccounts } from "./project-accounts.ts";

/** How long a message waits while its site is moved. */
const movingDelaySeconds = 10;

/** Writes ledgers' messages into their sites' databases. */
export const ledgerFactsConsumer = consumer({
  job: "ledger-facts",
  retryAfterSeconds: 5,
  read: readLedgerFacts,
  async take(context, message) {
    const site = await findSiteScope(context.directory, message.siteId);
    if (!site) throw new Error(`There is no site ${message.siteId}.`);
    await projectAccounts(contextInSite(context, site), message).catch((error) => waitForMove(context, message, error));
  },
});

function readLedgerFacts(body: unknown): LedgerFactsMessage {
  // Written by a ledger's outbox, if of this release; a kind of another one is refused where messages are told apart.
  return body as LedgerFactsMessage;
}

/** Sends a message of a site that is being moved again, as a new one: a retry would be counted, and a large site's move outlasts them all. */
async function waitForMove({ env }: BaseContext, message: LedgerFactsMessage, error: unknown): Promise<void> {
  if (!isSiteMoving(error)) throw error;
  await env.LEDGER_FACTS.send(message, { delaySeconds: movingDelaySeconds });
}
