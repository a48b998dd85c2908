import { purgeStoredAnswers } from "../db/purge.ts";
import { purgeDeadLetters } from "../features/dead-letters/index.ts";
import { continueRemovals } from "../features/entities/index.ts";
import { sweepHoldGroups } from "../features/holds/index.ts";
import { sweepSharedRecords } from "../features/ledgers/index.ts";
import { continueResets } from "../features/sandbox/index.ts";
import { continueMoves } from "../features/site-moves/index.ts";
import { propagateWaitingUsers, purgeSessions } from "../features/users/index.ts";
import { sweepFanOuts } from "../operation/fan-out.ts";
import type { SystemContext } from "../operation/system-context.ts";

export interface Cron {
  /** One of the triggers of wrangler.toml. */
  readonly at: string;
  readonly run: (context: SystemContext) => Promise<void>;
}

/** What was broken off keeps somebody waiting: a company whose ledgers are frozen, a group that is decided and not carried out. */
const soon = "*/5 * * * *";
const hourly = "23 * * * *";

/** What runs by the clock, by the name that it has in the log and as an actor. */
export const crons = {
  "site-moves": { at: soon, run: continueMoves },
  "entity-removals": { at: soon, run: continueRemovals },
  "site-resets": { at: soon, run: continueResets },
  "stored-answers": { at: hourly, run: ({ env, clock }) => purgeStoredAnswers(env, clock()) },
  sessions: { at: hourly, run: purgeSessions },
  "dead-letters": { at: hourly, run: purgeDeadLetters },
  "fan-outs": { at: soon, run: sweepFanOuts },
  "shared-records": { at: soon, run: sweepSharedRecords },
  "hold-groups": { at: soon, run: sweepHoldGroups },
  "waiting-users": { at: soon, run: propagateWaitingUsers },
} satisfies Readonly<Record<string, Cron>>;
