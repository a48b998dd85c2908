/** States what cannot be otherwise. A failure is a bug in Countinghouse, never a mistake of its user. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${claim}`);
}

/** The value that must be there; its absence is a bug. */
export function present<T>(value: T | null | undefined, claim: string): T {
  if (value === null || value === undefined) throw new Error(`assertion failed: ${claim}`);
  return value;
}
