import {
  signInWaitMaxMs,
  signInWaitMinMs,
  strangersDayMs,
  strangersPerDayMax,
  wrongPasswordsFree,
  wrongPasswordsLifeMs,
} from "../kernel/bounds.ts";

/** The wrong passwords that one guesser has given for an email, and until when no other is checked. Pure: the time is given. */
export interface WrongPasswords {
  readonly count: number;
  readonly lastMs: number;
  readonly lockedUntilMs: number;
}

export const noWrongPasswords: WrongPasswords = { count: 0, lastMs: 0, lockedUntilMs: 0 };

/**
 * The same as of a clock that may have stepped back: what was counted by one that was ahead counts from now, so that its wait is as long as it was to be. To be
 * stored, or the wait would begin anew with each question.
 */
export function countedFromNow(wrong: WrongPasswords, nowMs: number): WrongPasswords {
  const aheadMs = wrong.lastMs - nowMs;
  return aheadMs <= 0 ? wrong : { ...wrong, lastMs: nowMs, lockedUntilMs: Math.max(0, wrong.lockedUntilMs - aheadMs) };
}

/** Milliseconds until a password is checked again; 0 when one is. */
export function waitBeforePassword(wrong: WrongPasswords, nowMs: number): number {
  return Math.min(signInWaitMaxMs, Math.max(0, wrong.lockedUntilMs - nowMs));
}

/** One more. The first few cost nothing, then each doubles the wait (NIST SP 800-63B §5.2.2). */
export function oneMoreWrong(wrong: WrongPasswords, nowMs: number): WrongPasswords {
  const count = (nowMs - wrong.lastMs >= wrongPasswordsLifeMs ? 0 : wrong.count) + 1;
  const waitMs = count < wrongPasswordsFree ? 0 : Math.min(signInWaitMaxMs, signInWaitMinMs * 2 ** (count - wrongPasswordsFree));
  return { count, lastMs: nowMs, lockedUntilMs: nowMs + waitMs };
}

/** One that was counted and turned out right. */
export function oneWasRight(wrong: WrongPasswords): WrongPasswords {
  return { ...wrong, count: Math.max(0, wrong.count - 1), lockedUntilMs: 0 };
}

/** The wrong passwords of an email of one day from all who show no device. */
export interface StrangersDay {
  readonly count: number;
  /** When the first was given. */
  readonly startMs: number;
}

export const noStrangers: StrangersDay = { count: 0, startMs: 0 };

/** The same as of a clock that may have stepped back, as `countedFromNow`: a day that would begin later begins now. */
export function dayFromNow(day: StrangersDay, nowMs: number): StrangersDay {
  return day.startMs <= nowMs ? day : { ...day, startMs: nowMs };
}

/** Milliseconds until a stranger's password is checked again; 0 when one is. */
export function waitForStrangers({ count, startMs }: StrangersDay, nowMs: number): number {
  if (count < strangersPerDayMax) return 0;
  return Math.min(strangersDayMs, Math.max(0, startMs + strangersDayMs - nowMs));
}

/** One more. A day begins with its first. */
export function oneMoreStranger({ count, startMs }: StrangersDay, nowMs: number): StrangersDay {
  const isOver = count === 0 || nowMs - startMs >= strangersDayMs;
  return isOver ? { count: 1, startMs: nowMs } : { count: count + 1, startMs };
}

/** Some that were counted turned out right, or are forgiven. */
export function someWereRight(day: StrangersDay, forgiven: number): StrangersDay {
  return { ...day, count: Math.max(0, day.count - forgiven) };
}

/** What a build stored that counted by email alone: its wait was everybody's and holds nobody up any more, its count is the day's. */
export function strangersOfEarlierBuild({ count, lastMs }: WrongPasswords, nowMs: number): StrangersDay {
  const isOver = nowMs - lastMs >= wrongPasswordsLifeMs;
  return isOver ? noStrangers : { count: Math.min(count, strangersPerDayMax), startMs: lastMs };
}
