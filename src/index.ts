import { createApp } from "./app.ts";
import { directoryDatabase } from "./db/directory-database.ts";
import { purgeStoredAnswers } from "./db/purge.ts";
import type { SiteMoveMessage } from "./features/site-moves/continue-move.ts";
import { continueMoves } from "./features/site-moves/index.ts";
import { propagateWaitingUsers, purgeSessions } from "./features/users/index.ts";
import { handleLedgerFacts } from "./jobs/ledger-facts.ts";
import { handleSiteMoves } from "./jobs/site-moves.ts";
import type { LedgerFactsMessage } from "./ledger/facts-message.ts";

export { AccessObject } from "./access/access-object.ts";
export { SignInObject } from "./access/sign-in-object.ts";
export { LedgerObject } from "./ledger/object/ledger-object.ts";

const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env) => {
    // A queue holds the messages that its one producer in wrangler.toml sends.
    if (batch.queue.endsWith("-site-moves")) return handleSiteMoves(batch as MessageBatch<SiteMoveMessage>, env);
    return handleLedgerFacts(batch as MessageBatch<LedgerFactsMessage>, env);
  },
  async scheduled(_event, env) {
    await continueMoves(env, directoryDatabase(env), Date.now());
    await purgeStoredAnswers(env, Date.now());
    await purgeSessions(env, Date.now());
    await propagateWaitingUsers({ env, directory: directoryDatabase(env), clock: Date.now });
  },
} satisfies ExportedHandler<Cloudflare.Env, LedgerFactsMessage | SiteMoveMessage>;
