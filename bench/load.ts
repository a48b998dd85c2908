/** A cheap HTTP client: it shares the machine's cores with what it measures. */
import { Connection, type PreparedRequest } from "./connection.ts";
import type { Target } from "./target.ts";

export interface LoadResult {
  readonly requests: number;
  /** From the first request sent to the last answer read. */
  readonly seconds: number;
  /** Of each request, from sending to the end of its answer. */
  readonly latenciesMs: readonly number[];
}

/** Sends what `next` gives over so many keep-alive connections, until it gives nothing more or the time is up. Throws on any answer but 2xx. */
export async function drive(
  target: Target,
  load: {
    readonly connections: number;
    readonly seconds: number;
    readonly pauseMs?: number;
    readonly next: () => PreparedRequest | undefined;
  },
): Promise<LoadResult> {
  const connections = Array.from({ length: load.connections }, () => new Connection(target));
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + load.seconds * 1_000;
  let failed = false;
  const work = async (connection: Connection) => {
    while (!failed && performance.now() < endsAt) {
      const prepared = load.next();
      if (prepared === undefined) return;
      const sentAt = performance.now();
      try {
        const { status, head, text } = await connection.send(prepared);
        if (status < 200 || status > 299 || head.includes("\r\nx-idempotent-replayed:"))
          throw new Error(`${prepared.method} ${prepared.path} was answered ${status}: ${text.slice(0, 500)}`);
      } catch (error) {
        failed = true;
        throw error;
      }
      latenciesMs.push(performance.now() - sentAt);
      if (load.pauseMs !== undefined) await new Promise((resume) => setTimeout(resume, load.pauseMs));
    }
  };
  try {
    await Promise.all(connections.map(work));
    return { requests: latenciesMs.length, seconds: (performance.now() - startedAt) / 1_000, latenciesMs };
  } finally {
    for (const connection of connections) connection.end();
  }
}
