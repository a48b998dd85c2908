import { dayOf } from "../../../kernel/calendar-date.ts";
import { encodeAddress } from "../../../kernel/id.ts";
import type { PeriodLocked } from "../../domain/fact.ts";
import type { UnpostedView } from "../../domain/view.ts";

/** Ids that are named of what a lock finds in its period. */
const namedMax = 50;

/** Drafts and open holds dated within a lock: they stay, and are refused when they are posted. */
export function unpostedWithin(
  sql: SqlStorage,
  { startDate, endDate, module }: Pick<PeriodLocked, "startDate" | "endDate" | "module">,
  ledgerNumber: number,
): UnpostedView {
  const within = (table: "draft" | "hold", open: string) => {
    const rows = sql
      .exec<{ no: number; at: number }>(
        `SELECT t.no AS no, t.at AS at FROM ${table} t WHERE t.status IN (${open}) AND t.day BETWEEN ? AND ? AND (?3 = 'all' OR t.module = ?3) ORDER BY t.no`,
        dayOf(startDate),
        dayOf(endDate),
        module,
      )
      .toArray();
    const kind = table === "hold" ? ("hold" as const) : ("entry" as const);
    const ids = rows.slice(0, namedMax).map(({ no, at }) => encodeAddress({ atMs: at, ledgerNumber, kind, sequence: no }));
    return { count: rows.length, ids };
  };
  const drafts = within("draft", "'draft', 'pending_approval'");
  const holds = within("hold", "'open'");
  return { openDrafts: drafts.count, openDraftIds: drafts.ids, openHolds: holds.count, openHoldIds: holds.ids };
}
