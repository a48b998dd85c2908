/** One line of JSON per thing worth knowing. Never a secret, never an amount. */
export interface Log {
  readonly info: (event: string, facts?: Record<string, unknown>) => void;
  readonly error: (event: string, error: unknown, facts?: Record<string, unknown>) => void;
}

export function logFor(requestId: string): Log {
  const line = (level: string, event: string, facts: Record<string, unknown>) => JSON.stringify({ level, event, requestId, ...facts });
  // The platform's log is the console.
  return {
    // biome-ignore lint/suspicious/noConsole: see above.
    info: (event, facts = {}) => console.log(line("info", event, facts)),
    error: (event, error, facts = {}) =>
      // biome-ignore lint/suspicious/noConsole: see above.
      console.error(line("error", event, { ...facts, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })),
  };
}
