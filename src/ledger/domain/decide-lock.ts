import { periodLocksMax } from "../../kernel/bounds.ts";
import { dateOfDay, parseDay } from "../../kernel/calendar-date.ts";
import type { Failure } from "../../kernel/failures.ts";
import { type Result, refuse } from "../../kernel/result.ts";
import type { Actor } from "../../kernel/role.ts";
import type { LockPeriod } from "./command.ts";
import { type Decision, made, refusalAt } from "./decision.ts";
import { checkLockChange, setLock } from "./period-lock.ts";
import type { LedgerState } from "./state.ts";

/** Locks or opens a period, as a build before the shared record asks for it. Refuses whoever may not loosen a hard lock, and more separate locks than a ledger stores. */
export function decideLockPeriod(state: LedgerState, command: LockPeriod, actor: Actor): Result<Decision, Failure> {
  const startDay = parseDay(command.startDate);
  const endDay = parseDay(command.endDate);
  if (startDay === undefined || endDay === undefined || startDay > endDay)
    throw new Error("assertion failed: the edge has checked the range");
  const change = { startDay, endDay, module: command.module, level: command.level, reason: command.reason ?? null };
  const allowed = checkLockChange(state.locks, change, actor);
  if (!allowed.ok) return allowed;
  if (change.level !== "open") {
    const held = state
      .groupHoldsDated(dateOfDay(startDay), dateOfDay(endDay))
      .find(({ fact }) => change.module === "all" || change.module === fact.module);
    if (held) {
      return refuse(
        refusalAt("IN_USE", `An open hold of a group is dated ${held.fact.date}; it is to be settled or released first.`, "/startDate", {
          holdId: held.id,
        }),
      );
    }
  }
  if (setLock(state.locks, change).length > periodLocksMax) {
    return refuse(
      refusalAt("VALIDATION_ERROR", `A ledger keeps at most ${periodLocksMax} separate locks; lock longer ranges.`, "/startDate"),
    );
  }
  return made({
    kind: "period_locked",
    startDate: dateOfDay(startDay),
    endDate: dateOfDay(endDay),
    module: command.module,
    level: command.level,
    reason: command.reason ?? null,
  });
}
