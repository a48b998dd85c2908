/** One line of JSON per thing worth knowing. Never a secret, never an amount. */
export interface Log {
  readonly info: (event: string, facts?: Record<string, unknown>) => void;
  readonly error: (event: string, error: unknown, facts?: Record<string, unknown>) => void;
}

export function logFor(requestId: string): Log {
  const write = (level: string, event: string, facts: Record<string, unknown>) =>
    // biome-ignore lint/suspicious/noConsole: the platform's log is the console.
    console.log(JSON.stringify({ level, event, requestId, ...facts }));
  return {
    info: (event, facts = {}) => write("info", event, facts),
    error: (event, error, facts = {}) =>
      write("error", event, { ...facts, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  };
}
