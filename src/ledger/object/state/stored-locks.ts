import { lockChange } from "../../domain/apply.ts";
import type { PeriodLocked } from "../../domain/fact.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import { type PeriodLock, setLock } from "../../domain/period-lock.ts";
import { completeShared } from "../../domain/shared-record.ts";
import { readMeta } from "../log/meta.ts";

/** The locks as known at a sequence, folded from their facts: there are few, and they have no table of their own. */
export function locksAt(sql: SqlStorage, sequence: number): readonly PeriodLock[] {
  const changes: PeriodLocked[] = [];
  let locks: readonly PeriodLock[] | undefined;
  // Backwards: the shared record has them all, whatever was before.
  for (const row of sql.exec<{ body: string }>(
    "SELECT j.body FROM meta m JOIN json_each(m.value) s JOIN journal j ON j.seq = s.value WHERE m.key = 'lock_facts' AND s.value <= ? ORDER BY s.key DESC",
    sequence,
  )) {
    const fact = decodeFact(row.body);
    if (fact.kind === "period_locked") changes.unshift(fact);
    else if (fact.kind === "shared_record_set") {
      locks = completeShared(fact).locks;
      break;
    }
  }
  locks ??= readMeta<readonly PeriodLock[]>(sql, "locks_carried") ?? [];
  return changes.reduce<readonly PeriodLock[]>((before, change) => setLock(before, lockChange(change)), locks);
}
