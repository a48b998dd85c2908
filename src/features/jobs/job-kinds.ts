import { present } from "../../kernel/assert.ts";
import type { Permission } from "../../kernel/role.ts";
import type { LedgerClient, LedgerJob } from "../../ledger/client.ts";
import type { OperationContext } from "../../operation/context.ts";
import type { JobStatus, JobType } from "./domain/job.ts";
import type { JobRow } from "./store.ts";

/** How far a job is, as whoever works on it says. */
export interface JobState extends Pick<LedgerJob, "finishedAt" | "progress" | "result"> {
  readonly status: JobStatus;
}

/** What differs between jobs. */
export interface JobKind {
  /** Asks whoever works on the job; null where nobody remembers it. */
  readonly read: (context: OperationContext, row: JobRow) => Promise<JobState | null>;
  /** Ends the job where it has not ended, and answers how it stands then. Left out of what cannot be broken off. */
  readonly cancel?: {
    readonly permission: Permission;
    readonly run: (context: OperationContext, row: JobRow) => Promise<JobState | null>;
  };
}

function ledgerAtWork(context: OperationContext, { ledgerNumber }: JobRow): LedgerClient {
  return context.ledger(present(ledgerNumber, "the job of a ledger names it"));
}

/** A job that a ledger works on: it has its own progress, in its object. */
const readFromLedger: JobKind["read"] = (context, row) => ledgerAtWork(context, row).verification(row.id);

const jobKinds = {
  verify_ledger: {
    read: readFromLedger,
    // Whoever may start it.
    cancel: { permission: "ledgers:verify", run: (context, row) => ledgerAtWork(context, row).cancelVerification(row.id) },
  },
  // The ledger goes on in its next object already: what is left is its archive.
  close_out_ledger: { read: readFromLedger },
} satisfies Readonly<Record<JobType, JobKind>>;

export function kindOf({ type }: JobRow): JobKind {
  return jobKinds[type];
}
