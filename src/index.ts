import { createApp } from "./app.ts";
import { directoryDatabase } from "./db/directory-database.ts";
import { purgeKeptAnswers } from "./db/purge.ts";
import { purgeSessions, tellUntoldUsers } from "./features/users/index.ts";
import { handleLedgerFacts } from "./jobs/ledger-facts.ts";
import type { LedgerFactsMessage } from "./platform/messages.ts";

export { AccessObject } from "./access/access-object.ts";
export { SignInObject } from "./access/sign-in-object.ts";
export { LedgerObject } from "./ledger/object/ledger-object.ts";

const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env) => handleLedgerFacts(batch, env),
  scheduled: async (_event, env) => {
    await purgeKeptAnswers(env, Date.now());
    await purgeSessions(env, Date.now());
    await tellUntoldUsers({ env, directory: directoryDatabase(env), clock: Date.now });
  },
} satisfies ExportedHandler<Cloudflare.Env, LedgerFactsMessage>;
