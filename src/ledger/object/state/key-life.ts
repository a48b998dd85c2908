import { idempotencyLifeMs } from "../../../kernel/bounds.ts";

/** Answers under keys are stored by periods, so that those of one end together. */
const keyPeriodMs = 8 * 60 * 60 * 1000;
/** A ledger that nothing was committed to for longer than this may have slept, or its clock has leapt. */
const gapMinMs = 24 * 60 * 60 * 1000;

/**
 * After a gap between two commits, the keys of the two periods before it live on: whoever waited for an answer when the ledger stopped, or its clock leapt,
 * repeats the request afterwards.
 */
export interface KeyGap {
  /** Keys that were used from here on, before the gap. */
  readonly fromMs: number;
  /** 24 hours beyond the first commit after the gap. */
  readonly untilMs: number;
}

export function periodOf(atMs: number): number {
  return Math.floor(atMs / keyPeriodMs);
}

/** The gap between the last commit and one that is made now; undefined where there is none. `lastAtMs`: 0 where nothing was committed. */
export function gapBetween(lastAtMs: number, atMs: number): KeyGap | undefined {
  if (lastAtMs === 0 || atMs - lastAtMs <= gapMinMs) return undefined;
  return { fromMs: (periodOf(lastAtMs) - 1) * keyPeriodMs, untilMs: atMs + idempotencyLifeMs };
}

/** The instant as of which keys of the index are looked up, of which none was used within a gap: a key lives where it was used less than 24 hours before. */
export function keysAsOfMs(atMs: number, keptFromMs: number | undefined): number {
  return keptFromMs === undefined ? atMs : Math.min(atMs, keptFromMs + idempotencyLifeMs - 1);
}

/** Whether a key lives that was used at an instant: for 24 hours, or beyond where it is of the two periods before a gap. */
export function isKeyAlive(usedAtMs: number, nowMs: number, keptFromMs: number | undefined): boolean {
  if (usedAtMs + idempotencyLifeMs > nowMs) return true;
  return keptFromMs !== undefined && usedAtMs >= keptFromMs && usedAtMs < keptFromMs + 2 * keyPeriodMs;
}
