/** Milliseconds since the Unix epoch, UTC. Passed in, so that no rule reads the time by itself. */
export type Clock = () => number;

/** An instant as RFC 3339 in UTC with milliseconds. */
export function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}
