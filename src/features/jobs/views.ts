import { instant } from "../../kernel/clock.ts";
import { isOpen } from "./domain/job.ts";
import { type JobState, kindOf } from "./job-kinds.ts";
import type { JobRow } from "./store.ts";

const base = "/api/v1";

/** A job as the API shows it: who asked, as its row has it, and how far it is, as its worker says. */
export function jobView(row: JobRow, { status, finishedAt, progress, result }: JobState) {
  const { id, type, createdAt, entityId, ledgerId, ownerKind, ownerId } = row;
  return {
    id,
    type,
    status,
    createdAt: instant(createdAt),
    finishedAt,
    progress: { ...progress, done: progress.sequence, total: progress.head },
    result,
    error: status === "failed" ? { code: "FAULTS_FOUND" as const, message: "The check found faults, which `result` lists." } : null,
    owner: ownerKind === null || ownerId === null ? null : { kind: ownerKind, id: ownerId },
    entityId,
    ledgerId,
    links: {
      self: `${base}/jobs/${id}`,
      ledger: ledgerId === null ? null : `${base}/ledgers/${ledgerId}`,
      cancel: isOpen(status) && kindOf(row).cancel !== undefined ? `${base}/jobs/${id}/cancel` : null,
    },
  };
}
export type JobView = ReturnType<typeof jobView>;
