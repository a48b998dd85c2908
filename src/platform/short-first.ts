/**
 * An isolate has one thread, and a bulk request occupies it for several milliseconds at a time, once at the edge and once in its ledger's object.
 * Where short requests come as well, such a piece of work waits until those that are there have gone on: unasked, each of their steps would stand
 * behind a whole bulk request.
 */
import { lookAgain, Turns } from "./turns.ts";

/** Long enough that who asks once a second is known to be there; with nobody there, nothing waits. */
const shortLatelyMs = 1_000;

let shortSeenMs = Number.NEGATIVE_INFINITY;
const longTurns = new Turns({ atOnce: 1, waitingMax: 64, lastsMaxMs: 1_000 });

/** Says that there is a short request. */
export function noteShort(): void {
  shortSeenMs = Date.now();
}

/** Whether there was a short request lately. */
export function hasShort(): boolean {
  return Math.abs(Date.now() - shortSeenMs) <= shortLatelyMs;
}

/** Does work that takes milliseconds: at once, or, where there are short requests, one such piece at a time and after them. */
export async function afterShort<T>(work: () => T | Promise<T>): Promise<T> {
  if (!hasShort()) return work();
  const outcome = await longTurns.take(async () => {
    await lookAgain();
    return work();
  });
  return outcome === undefined ? work() : outcome.done;
}
