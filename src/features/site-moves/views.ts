import { instant } from "../../kernel/clock.ts";
import type { MoveRow } from "./store.ts";

/** A move as its operator sees it. */
export function moveView(move: MoveRow) {
  const { id, source, target, step, tables, progress, abortReason, createdAt, finishedAt } = move;
  const outcome = abortReason === null ? "moved" : "aborted";
  return {
    id,
    from: source,
    to: target,
    status: finishedAt === null ? "running" : outcome,
    step,
    /** How many tables the step is done with. */
    tablesDone: progress.tables,
    /** Compared row by row, in both databases. */
    tables,
    abortReason,
    startedAt: instant(createdAt),
    finishedAt: finishedAt === null ? null : instant(finishedAt),
  };
}
