import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { type LedgerClient, type LedgerJob, type LedgerRpc, ledgerClient } from "../../src/ledger/client.ts";
import { type EncodedCommands, encodeCommands } from "../../src/ledger/command-columns.ts";
import type { CloseOutRequest, Command, LedgerIdentity, Made, Query, WriteOptions, WriteOutcome } from "../../src/ledger/rpc.ts";
import { owner } from "./memory-ledger.ts";

/** Far enough ahead that no alarm rings by itself: the tests ring it. */
const firstMs = Date.parse("2040-01-01T00:00:00Z");
let opened = 0;

/** A ledger of the test's own: the real client on the real object, and access to the object's own storage. */
export interface LedgerUnderTest {
  readonly identity: LedgerIdentity;
  readonly client: LedgerClient;
  write(commands: readonly Command[], options?: Partial<WriteOptions>): Promise<WriteOutcome>;
  /** The parsed body of a write that has to succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about.
  written(commands: readonly Command[], options?: Partial<WriteOptions>): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  read(query: Query): Promise<any>;
  /** Runs inside the object, on its tables. */
  inside<T>(work: (sql: SqlStorage, state: DurableObjectState, object: InsideLedger) => T | Promise<T>): Promise<T>;
  rows(query: string, ...bindings: SqlStorageValue[]): Promise<Record<string, SqlStorageValue>[]>;
  /** Drops the memory. */
  evict(): Promise<void>;
  /** Ends the object where it stands; what it was doing is not done. */
  kill(): Promise<void>;
  alarm(): Promise<boolean>;
  /** Closes the ledger out; `inside`, `evict`, `kill` and `alarm` are those of the next generation from then on. */
  closeOut(options?: Partial<CloseOutRequest>): Promise<string>;
  /** Has them be those of another generation. */
  at(generation: number): void;
  /** Has the whole log checked, and gives the finished job. */
  verify(): Promise<LedgerJob>;
}

/** The object's methods, called from inside, where nothing comes between two calls. */
export interface InsideLedger {
  write(commands: EncodedCommands, options: WriteOptions): Promise<WriteOutcome>;
  read(query: Query): Promise<{ readonly ok: boolean; readonly body: string }>;
}

/** Holds the clock: nothing but `setClock` moves it. */
export function holdClock(atMs = firstMs): void {
  vi.useFakeTimers({ toFake: ["Date"], now: atMs });
}

export function setClock(atMs: number): void {
  vi.setSystemTime(atMs);
}

/** `twinOf`: a ledger of the same number and identity in an object of its own, which is never closed out. */
export function newLedger(twinOf?: LedgerUnderTest): LedgerUnderTest {
  opened += 1;
  const number = twinOf?.identity.number ?? 3_000_000_000 + opened;
  const site = crypto.randomUUID();
  const identity = twinOf?.identity ?? {
    number,
    ledgerId: crypto.randomUUID(),
    siteId: site,
    entityId: crypto.randomUUID(),
    currency: "USD",
    scale: 2,
  };
  let generation = 0;
  const name = `ledger-under-test-${number}${twinOf === undefined ? "" : "-twin"}`;
  const idOf = (of: number) => env.LEDGER.idFromName(twinOf !== undefined || of === 0 ? name : `${name}-g${of}`);
  const stubOf = (of: number) => env.LEDGER.get(idOf(of));
  // The client takes a fresh stub each time: one that has thrown is broken.
  const stub = () => stubOf(generation);
  // The object's methods are those of LedgerRpc; the stub's type wraps every answer.
  const objects = { stub: (of: number) => stubOf(of) as unknown as LedgerRpc, idOf: (of: number) => idOf(of).toString() };
  const client = ledgerClient(number, objects, async () => identity);
  const write: LedgerUnderTest["write"] = async (commands, given = {}) => {
    const options: WriteOptions = {
      mode: "atomic",
      actor: owner,
      requestId: "req_test",
      answer: commands.length === 1 ? "one" : "many",
      ...given,
    };
    const outcome = await client.write(commands, options);
    if (outcome.outcome !== "refused") expect([madeIn(outcome.body), ...draftsIn(outcome.body)]).toContainEqual(outcome.made);
    return outcome;
  };
  const inside: LedgerUnderTest["inside"] = (work) =>
    runInDurableObject(stub(), (object, state) => work(state.storage.sql, state, object as unknown as InsideLedger));
  return {
    identity,
    client,
    write,
    async written(commands, options) {
      const outcome = await write(commands, options);
      if (outcome.outcome === "refused") expect(outcome.failure).toBeUndefined();
      return outcome.outcome === "refused" ? undefined : JSON.parse(outcome.body);
    },
    async read(query) {
      return readBothWays(client, query);
    },
    inside,
    rows: (query, ...bindings) => inside((sql) => sql.exec(query, ...bindings).toArray()),
    async evict() {
      // Only what runs can be evicted.
      await client.readText({ kind: "head" });
      await evictDurableObject(stub());
    },
    async kill() {
      try {
        await inside((_, state) => state.abort("killed by a test"));
      } catch {
        // The call dies with its object.
      }
    },
    alarm: () => runDurableObjectAlarm(stub()),
    async closeOut(options = {}) {
      const jobId = await client.closeOut({ force: true, actor: owner, requestId: "req_test", ...options });
      generation += 1;
      return jobId;
    },
    at(of) {
      generation = of;
    },
    async verify() {
      const { id } = await client.startVerification();
      for (let turn = 0; turn < 200; turn++) {
        await runDurableObjectAlarm(stub());
        const job = await client.verification(id);
        if (job !== null && job.status !== "running") return job;
      }
      throw new Error("the verification did not end");
    },
  };
}

/** What an answer's text says of the resource, or of the first of many. */
export function madeIn(body: string): Made | null {
  const parsed = JSON.parse(body);
  const { id, status, approval } = parsed.data === undefined ? parsed : (parsed.data[0] ?? {});
  if (id === undefined || status === undefined) return null;
  const isDraft = status === "draft" || status === "pending_approval";
  // A receipt says that its draft waits, and not in which version.
  return isDraft ? { id, state: status, version: approval === undefined ? expect.any(Number) : approval.version } : { id, state: status };
}

/** Of many, each that is a draft: where the first that is new is one, that is what is told of them all. */
function draftsIn(body: string): (Made | null)[] {
  const { data = [] } = JSON.parse(body) as { readonly data?: readonly { readonly status?: string }[] };
  return data.filter(({ status }) => status === "pending_approval" || status === "draft").map((one) => madeIn(JSON.stringify(one)));
}

/** A read as a whole, after a check that what comes beside the text says the same. */
async function readBothWays(client: LedgerClient, query: Query): Promise<unknown> {
  const whole = JSON.parse(await client.readText(query));
  switch (query.kind) {
    case "balances":
    case "lines":
    case "entries":
    case "holds": {
      const { items, ...place } = await client.readPage(query);
      expect({ data: JSON.parse(items), ...place }).toEqual(whole);
      break;
    }
    case "entry":
    case "hold":
    case "account": {
      const { text, made } = await client.readResource(query);
      expect({ text: JSON.parse(text), made }).toEqual({ text: whole, made: madeIn(text) });
      break;
    }
  }
  return whole;
}

/** Commands as the object takes them from its client. */
export function encoded(...commands: Command[]): EncodedCommands {
  return encodeCommands(commands);
}

export const plainOptions: WriteOptions = { mode: "atomic", actor: owner, requestId: "req_test", answer: "one" };
