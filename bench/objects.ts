/** The calls of bench-worker.ts. */
import type { Query } from "../src/ledger/rpc.ts";
import type { shapes } from "./bodies.ts";
import type { OwnWorker } from "./own-worker.ts";
import type { Target } from "./target.ts";

export interface Objects {
  readonly target: Target;
  /** Opens a ledger with accounts of the codes of bodies.ts, and answers their ids. */
  readonly open: (ledger: string, accounts: number) => Promise<readonly string[]>;
  readonly fill: (
    ledger: string,
    what: { readonly shape: keyof typeof shapes; readonly entries: number; readonly batch: number; readonly seed: number },
  ) => Promise<void>;
  readonly settle: (ledger: string) => Promise<void>;
  readonly takeRowsWritten: (ledger: string) => Promise<number>;
  /** Seconds from asking to the answer. */
  readonly read: (ledger: string, queries: readonly Query[], times: number) => Promise<number>;
  readonly evict: (ledger: string) => Promise<void>;
  readonly moveClock: (hours: number) => Promise<void>;
}

let numbers = 0;

export function objectsAt({ baseUrl, target }: OwnWorker): Objects {
  const call = async (path: string, parameters: Readonly<Record<string, string | number>>, body?: unknown) => {
    const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
    const response = await fetch(`${baseUrl}${path}?${query}`, {
      method: "POST",
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${text.slice(0, 500)}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    target,
    open: (ledger, accounts) => call("/open", { ledger, accounts, number: ++numbers }),
    fill: (ledger, what) => call("/fill", { ledger, ...what }),
    settle: (ledger) => call("/settle", { ledger }),
    takeRowsWritten: (ledger) => call("/rows-written", { ledger }),
    async read(ledger, queries, times) {
      const startedAt = performance.now();
      await call("/read", { ledger, times }, queries);
      return (performance.now() - startedAt) / 1_000;
    },
    evict: (ledger) => call("/evict", { ledger }),
    moveClock: (hours) => call("/move-clock", { hours }),
  };
}
