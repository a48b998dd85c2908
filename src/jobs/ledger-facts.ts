import { directoryDatabase } from "../db/directory-database.ts";
import { siteDatabase } from "../db/site-database.ts";
import { isSiteMoving } from "../db/site-fence.ts";
import { findSiteScope } from "../db/site-rows.ts";
import { projectAccounts } from "../features/accounts/index.ts";
import type { LedgerFactsMessage } from "../ledger/facts-message.ts";
import { logFor } from "../platform/log.ts";

/** How long a message waits while its site is moved. */
const movingDelaySeconds = 10;

/** Writes ledgers' messages into their sites' databases. Each message is separate: one that fails comes again, the others do not. */
export async function handleLedgerFacts(batch: MessageBatch<LedgerFactsMessage>, env: Cloudflare.Env): Promise<void> {
  const directory = directoryDatabase(env);
  for (const message of batch.messages) {
    try {
      const site = await findSiteScope(directory, message.body.siteId);
      if (site) await projectAccounts(siteDatabase(env, site), message.body).catch((error) => waitForMove(env, message.body, error));
      message.ack();
    } catch (error) {
      logFor(`queue-${message.id}`).error("ledger_facts", error, { ledger: message.body.ledgerNumber });
      message.retry({ delaySeconds: 5 });
    }
  }
}

/** Sends a message of a site that is being moved again, as a new one: a retry would be counted, and a large site's move outlasts them all. */
async function waitForMove(env: Cloudflare.Env, message: LedgerFactsMessage, error: unknown): Promise<void> {
  if (!isSiteMoving(error)) throw error;
  await env.LEDGER_FACTS.send(message, { delaySeconds: movingDelaySeconds });
}
