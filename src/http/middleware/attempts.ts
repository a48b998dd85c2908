/** Attempts without a valid key, by address: 60 a minute, at once or spread. In memory of the isolate: it slows guessing down and bills nobody. */
const attemptsPerMinute = 60;
const addressesMax = 10_000;
const windowMs = 60_000;
const attempts = new Map<string, { startMs: number; count: number }>();

/** Counts an attempt. Returns the seconds to wait, 0 while it is within the limit. */
export function countAttempt(address: string, nowMs: number): number {
  const known = attempts.get(address);
  if (known === undefined || nowMs - known.startMs >= windowMs) {
    if (attempts.size >= addressesMax) attempts.clear();
    attempts.set(address, { startMs: nowMs, count: 1 });
    return 0;
  }
  known.count += 1;
  return known.count <= attemptsPerMinute ? 0 : Math.max(1, Math.ceil((known.startMs + windowMs - nowMs) / 1000));
}
