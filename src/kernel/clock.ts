/** Milliseconds since the Unix epoch, UTC. Passed in, so that no rule reads the time by itself. */
export type Clock = () => number;

/** 9999-12-31T23:59:59.999Z, the last instant that RFC 3339 can write in UTC: an offset west of it leads beyond. */
const lastInstantMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** 1900-01-01T00:00:00.000Z, the first of the calendar taken here. */
const firstInstantMs = Date.UTC(1900, 0, 1);

/** Whether the text of an instant is one that can be stored and shown again. */
export function isStorableInstant(text: string): boolean {
  const atMs = Date.parse(text);
  return atMs >= firstInstantMs && atMs <= lastInstantMs;
}

/** An instant as RFC 3339 in UTC with milliseconds. */
export function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}
