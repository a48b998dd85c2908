import { dateOfDay } from "../../kernel/calendar-date.ts";
import type { PeriodLock as LockOfLedger } from "../../ledger/domain/period-lock.ts";
import type { PeriodLock } from "./schemas.ts";

export function lockOf({ startDay, endDay, module, level, reason }: LockOfLedger): PeriodLock {
  return { startDate: dateOfDay(startDay), endDate: dateOfDay(endDay), module, level, reason };
}
