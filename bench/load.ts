/** A cheap HTTP client: it shares the machine's cores with what it measures. */
import { Agent, request as sendRequest } from "node:http";

export interface PreparedRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface LoadResult {
  readonly requests: number;
  /** From the first request sent to the last answer read. */
  readonly seconds: number;
  /** Of each request, from sending to the end of its answer. */
  readonly latenciesMs: readonly number[];
}

/** Sends what `next` gives over so many keep-alive connections, until it gives nothing more or the time is up. Throws on any answer but 2xx. */
export async function drive(
  baseUrl: string,
  load: {
    readonly connections: number;
    readonly seconds: number;
    readonly pauseMs?: number;
    readonly next: () => PreparedRequest | undefined;
  },
): Promise<LoadResult> {
  const { hostname, port } = new URL(baseUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections, scheduling: "lifo" });
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + load.seconds * 1_000;
  let failed = false;
  const connection = async () => {
    while (!failed && performance.now() < endsAt) {
      const prepared = load.next();
      if (prepared === undefined) return;
      const sentAt = performance.now();
      try {
        await send(agent, hostname, port, prepared);
      } catch (error) {
        failed = true;
        throw error;
      }
      latenciesMs.push(performance.now() - sentAt);
      if (load.pauseMs !== undefined) await new Promise((resume) => setTimeout(resume, load.pauseMs));
    }
  };
  try {
    await Promise.all(Array.from({ length: load.connections }, connection));
    return { requests: latenciesMs.length, seconds: (performance.now() - startedAt) / 1_000, latenciesMs };
  } finally {
    agent.destroy();
  }
}

function send(agent: Agent, hostname: string, port: string, { method, path, headers, body }: PreparedRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(
      { agent, hostname, port, method, path, headers: body === undefined ? headers : { ...headers, "content-length": body.length } },
      (incoming) => {
        const status = incoming.statusCode ?? 0;
        incoming.on("error", reject);
        if (status >= 200 && status < 300 && incoming.headers["x-idempotent-replayed"] === undefined) {
          incoming.on("end", resolve);
          incoming.resume();
          return;
        }
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (part: string) => {
          text += part;
        });
        incoming.on("end", () => reject(new Error(`${method} ${path} was answered ${status}: ${text.slice(0, 500)}`)));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
