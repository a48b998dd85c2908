import { signInWaitMaxMs, signInWaitMinMs, wrongPasswordsFree, wrongPasswordsLifeMs } from "../kernel/bounds.ts";

/** The wrong passwords of an email, and until when no other is checked. Pure: the time is given. */
export interface WrongPasswords {
  readonly count: number;
  readonly lastMs: number;
  readonly lockedUntilMs: number;
}

export const noWrongPasswords: WrongPasswords = { count: 0, lastMs: 0, lockedUntilMs: 0 };

/** Milliseconds until a password is checked again; 0 when one is. */
export function waitBeforePassword(wrong: WrongPasswords, nowMs: number): number {
  // A clock that steps back lengthens no wait beyond the longest.
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
