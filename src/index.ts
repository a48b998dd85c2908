import { createApp } from "./app.ts";
import { purgeKeptAnswers } from "./db/purge.ts";
import { handleLedgerFacts } from "./jobs/ledger-facts.ts";
import type { LedgerFactsMessage } from "./platform/messages.ts";

export { AccessObject } from "./access/access-object.ts";
export { LedgerObject } from "./ledger/object/ledger-object.ts";

const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env) => handleLedgerFacts(batch, env),
  scheduled: (_event, env) => purgeKeptAnswers(env, Date.now()),
} satisfies ExportedHandler<Cloudflare.Env, LedgerFactsMessage>;
