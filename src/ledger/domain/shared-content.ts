import type { ApprovalPolicy } from "./approval.ts";
import type { PeriodLock } from "./period-lock.ts";

/**
 * What all ledgers of an entity share. One record per entity, in the site's database, decides it under a revision of its own; each ledger holds it as a
 * fact and decides by that. What is to be known of a member is its row in `shared-record.ts`.
 */
export interface SharedContent {
  readonly policy: ApprovalPolicy;
  readonly locks: readonly PeriodLock[];
}
