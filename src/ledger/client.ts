import { bulkBytesMin } from "../kernel/bounds.ts";
import { failure } from "../kernel/failures.ts";
import { Refused } from "../platform/refused.ts";
import { Turns } from "../platform/turns.ts";
import { type EncodedCommands, encodeCommands, fingerprintOf, sizeOf } from "./command-columns.ts";
import type { Command, CommandList, LedgerIdentity, Query, ReadOutcome, WriteOptions, WriteOutcome } from "./rpc.ts";

export interface VerificationJob {
  readonly id: string;
  readonly type: "verify_ledger";
  readonly status: "running" | "succeeded" | "failed";
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly progress: { readonly sequence: number; readonly head: number };
  readonly result: { readonly ok: boolean; readonly sequence: number; readonly seal: string; readonly faults: readonly string[] } | null;
}

/** The methods that a ledger's object answers to its callers. */
export interface LedgerRpc {
  open(identity: LedgerIdentity): Promise<void>;
  write(
    encodedCommands: EncodedCommands,
    options: WriteOptions & { readonly fingerprint?: string },
  ): Promise<WriteOutcome | { readonly outcome: "not_open" }>;
  read(query: Query): Promise<ReadOutcome | { readonly ok: "not_open" }>;
  startVerification(): Promise<string>;
  verification(jobId: string): Promise<string | null>;
}

/** The one way to a ledger. */
export interface LedgerClient {
  readonly number: number;
  /** Commits commands, as they are or as columns already. A refusal is returned. */
  write(commands: readonly Command[] | CommandList | EncodedCommands, options: WriteOptions): Promise<WriteOutcome>;
  /** Reads, and parses the answer. Throws `Refused` where the ledger refuses. */
  read<T>(query: Query): Promise<T>;
  /** Reads, and hands the JSON text on as it is. */
  readText(query: Query): Promise<string>;
  startVerification(): Promise<VerificationJob>;
  verification(jobId: string): Promise<VerificationJob | null>;
}

/** Of bulk writes two at a time, a few wait, the rest is told to come again. */
const bulkTurns = new Turns({ atOnce: 2, waitingMax: 8, lastsMaxMs: 10_000 });
const attemptsMax = 3;

/** `stub` makes a fresh stub each time, because one that has thrown is broken; `identity` tells what the ledger is, should it not be open yet. */
export function ledgerClient(number: number, stub: () => LedgerRpc, identity: () => Promise<LedgerIdentity>): LedgerClient {
  const call = async <T>(what: (rpc: LedgerRpc) => Promise<T>, isUnopened: (answer: T) => boolean, attempts = attemptsMax): Promise<T> => {
    const answer = await withRetries(() => what(stub()), attempts);
    if (!isUnopened(answer)) return answer;
    const known = await identity();
    await withRetries(() => stub().open(known));
    return withRetries(() => what(stub()), attempts);
  };
  const readText = async (query: Query): Promise<string> => {
    const answer = await call<ReadOutcome | { readonly ok: "not_open" }>(
      (rpc) => rpc.read(query),
      (outcome) => outcome.ok === "not_open",
    );
    if (answer.ok === "not_open") throw new Error(`assertion failed: ledger ${number} was opened`);
    if (!answer.ok) throw new Refused(answer.failure);
    return answer.body;
  };
  return {
    number,
    async write(commands, options) {
      const encoded = "numbers" in commands ? commands : encodeCommands(commands);
      const keyed = options.idempotencyKey === undefined ? options : { ...options, fingerprint: fingerprintOf(encoded, options) };
      const outcome = await asBulk(sizeOf(encoded), () =>
        call<WriteOutcome | { readonly outcome: "not_open" }>(
          (rpc) => rpc.write(encoded, keyed),
          (answer) => answer.outcome === "not_open",
          // A reply that was lost is asked for again only where a key makes that safe.
          keyed.idempotencyKey === undefined && !options.dryRun ? 1 : attemptsMax,
        ),
      );
      if (outcome.outcome === "not_open") throw new Error(`assertion failed: ledger ${number} was opened`);
      return outcome;
    },
    readText,
    async read<T>(query: Query): Promise<T> {
      const text = await readText(query);
      // The shapes of rpc.ts, told by the object.
      return JSON.parse(text, query.kind === "totals" ? reviveTurnover : undefined) as T;
    },
    async startVerification() {
      await readText({ kind: "head" });
      return JSON.parse(await withRetries(() => stub().startVerification())) as VerificationJob;
    },
    async verification(jobId) {
      const text = await withRetries(() => stub().verification(jobId));
      return text === null ? null : (JSON.parse(text) as VerificationJob);
    },
  };
}

const turnoverFields: ReadonlySet<string> = new Set(["openingDebits", "openingCredits", "debits", "credits"]);

function reviveTurnover(key: string, value: unknown): unknown {
  return turnoverFields.has(key) && typeof value === "string" ? BigInt(value) : value;
}

async function asBulk<T>(size: number, work: () => Promise<T>): Promise<T> {
  if (size < bulkBytesMin) return work();
  const outcome = await bulkTurns.take(work);
  if (outcome === undefined) throw new Refused(failure("OVERLOADED", "Too many bulk requests at once; repeat this one."));
  return outcome.done;
}

/** Repeats a call that the platform says may be repeated, on a fresh stub each time. */
async function withRetries<T>(call: () => Promise<T>, attempts = attemptsMax): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const flags = error as { readonly retryable?: boolean; readonly overloaded?: boolean };
      if (flags.overloaded)
        throw new Refused({ ...failure("OVERLOADED", "The ledger has too much to do at this moment."), retryAfterSeconds: 1 });
      if (!flags.retryable || attempt >= attempts) throw error;
      await scheduler.wait(20 * 2 ** attempt);
    }
  }
}
