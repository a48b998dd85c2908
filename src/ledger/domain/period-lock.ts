import { type DayNumber, dateOfDay } from "../../kernel/calendar-date.ts";
import { type Failure, failure } from "../../kernel/failures.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import { type Actor, reaches } from "../../kernel/role.ts";

export const modules = ["all", "journal", "events", "documents", "banking", "lease", "revenue"] as const;
export type Module = (typeof modules)[number];
export type LockLevel = "open" | "soft" | "hard";

/** A range of days in which entries of `module` are refused (`hard`) or flagged (`soft`). Both ends are inside. */
export interface PeriodLock {
  readonly startDay: DayNumber;
  readonly endDay: DayNumber;
  readonly module: Module;
  readonly level: "soft" | "hard";
  readonly reason: string | null;
}

/** What is set for a range of days: `open` leaves a gap. */
export interface LockChange extends Omit<PeriodLock, "level"> {
  readonly level: LockLevel;
}

/** 9999-12-31, the last day that a date can name: locks for ever end here. */
const lastDay: DayNumber = 2_932_896;

/** Soft locks may be passed by ADMIN and OWNER; what they post is flagged. */
function mayPassSoftLocks(actor: Actor): boolean {
  return reaches(actor.role, "ADMIN");
}

function covers(lock: PeriodLock, day: DayNumber, module: Module): boolean {
  return lock.startDay <= day && day <= lock.endDay && (lock.module === "all" || lock.module === module);
}

const strictness = { open: 0, soft: 1, hard: 2 } as const satisfies Record<LockLevel, number>;

/** How much a level bars, to compare levels by. */
export function strictnessOf(level: LockLevel): number {
  return strictness[level];
}

/** The strictest level that an entry of `module` meets on a day. */
export function levelAt(locks: readonly PeriodLock[], day: DayNumber, module: Module): LockLevel {
  let strictest: LockLevel = "open";
  for (const lock of locks) if (covers(lock, day, module) && strictness[lock.level] > strictness[strictest]) strictest = lock.level;
  return strictest;
}

/**
 * Whether an entry of `module` dated `day` may be posted by `actor`.
 * The strictest lock wins. Refuses with the first later date that is open to the actor (null where none is), so that the caller can choose it: a date is never moved here.
 */
export function checkLocks(
  locks: readonly PeriodLock[],
  day: DayNumber,
  module: Module,
  actor: Actor,
): Result<"open" | "flagged", Failure> {
  const strictest = levelAt(locks, day, module);
  if (strictest === "open") return ok("open");
  if (strictest === "soft" && mayPassSoftLocks(actor)) return ok("flagged");
  const openDay = firstOpenDay(locks, day, module, actor);
  const earliestOpenDate = openDay > lastDay ? null : dateOfDay(openDay);
  const open = earliestOpenDate === null ? "no later date is open" : `the first open date is ${earliestOpenDate}`;
  const date = dateOfDay(day);
  return refuse(
    failure("PERIOD_LOCKED", `${date} is in a ${strictest === "soft" ? "softly " : ""}locked period; ${open}.`, [
      {
        pointer: "/date",
        code: "PERIOD_LOCKED",
        message: `${open[0]?.toUpperCase()}${open.slice(1)}.`,
        date,
        module,
        level: strictest,
        earliestOpenDate,
      },
    ]),
  );
}

/** The first day after `day` on which the actor may post. */
function firstOpenDay(locks: readonly PeriodLock[], day: DayNumber, module: Module, actor: Actor): DayNumber {
  let open = day;
  for (let moved = true; moved; ) {
    moved = false;
    for (const lock of locks) {
      if (!covers(lock, open, module) || (lock.level === "soft" && mayPassSoftLocks(actor))) continue;
      open = lock.endDay + 1;
      moved = true;
    }
  }
  return open;
}

/** The locks after `level` was set for a range and module: what it overlaps of the same module is cut, `open` leaves a gap. */
export function setLock(locks: readonly PeriodLock[], change: LockChange): PeriodLock[] {
  const after: PeriodLock[] = [];
  for (const lock of locks) {
    if (lock.module !== change.module || lock.endDay < change.startDay || change.endDay < lock.startDay) {
      after.push(lock);
      continue;
    }
    if (lock.startDay < change.startDay) after.push({ ...lock, endDay: change.startDay - 1 });
    if (change.endDay < lock.endDay) after.push({ ...lock, startDay: change.endDay + 1 });
  }
  if (change.level !== "open") {
    after.push({ startDay: change.startDay, endDay: change.endDay, module: change.module, level: change.level, reason: change.reason });
  }
  return after.sort((a, b) => a.startDay - b.startDay || (a.module < b.module ? -1 : 1));
}

/** Locks that bar on each day, for each module, what either list does: of two that meet the harder one stays, with its reason. */
export function strictestLocks(a: readonly PeriodLock[], b: readonly PeriodLock[]): readonly PeriodLock[] {
  // The softer first: what comes later replaces what it covers.
  const bySeverity = [...a, ...b].sort((one, other) => strictness[one.level] - strictness[other.level]);
  return bySeverity.reduce<readonly PeriodLock[]>((locks, lock) => setLock(locks, lock), []);
}

/** The locks with a range of a module as another list has it: what is taken back leaves the rest as it is. */
export function restoreLocks(
  locks: readonly PeriodLock[],
  earlier: readonly PeriodLock[],
  { startDay, endDay, module }: Pick<PeriodLock, "startDay" | "endDay" | "module">,
): readonly PeriodLock[] {
  const open = setLock(locks, { startDay, endDay, module, level: "open", reason: null });
  return earlier
    .filter((lock) => lock.module === module && lock.startDay <= endDay && startDay <= lock.endDay)
    .reduce<readonly PeriodLock[]>(
      (restored, lock) =>
        setLock(restored, { ...lock, startDay: Math.max(lock.startDay, startDay), endDay: Math.min(lock.endDay, endDay) }),
      open,
    );
}

/** Whether the change may be made: loosening a hard lock anywhere requires ADMIN and a reason. Refuses as `LOCK_NOT_LIFTED`. */
export function checkLockChange(locks: readonly PeriodLock[], change: LockChange, actor: Actor): Result<"allowed", Failure> {
  if (change.level === "hard") return ok("allowed");
  const loosened = locks.some(
    (lock) => lock.level === "hard" && lock.module === change.module && lock.startDay <= change.endDay && change.startDay <= lock.endDay,
  );
  if (!loosened || (reaches(actor.role, "ADMIN") && change.reason !== null)) return ok("allowed");
  return refuse(failure("LOCK_NOT_LIFTED", "A hard lock is lifted by ADMIN or OWNER, with a reason."));
}
