/** An error and what caused it, the outermost first; nothing of what is no error. */
export function* causesOf(thrown: unknown): Generator<Error> {
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) yield error;
}

/** Whether an error or what caused it has a message of the pattern. Drizzle wraps the database's error in one of its own. */
export function hasMessage(thrown: unknown, pattern: RegExp): boolean {
  for (const { message } of causesOf(thrown)) if (pattern.test(message)) return true;
  return false;
}
