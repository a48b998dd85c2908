import { present } from "../kernel/assert.ts";
import { bulkBytesMin } from "../kernel/bounds.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Failure } from "../kernel/failures.ts";
import { Refused, refusal } from "../platform/refused.ts";
import { Turns } from "../platform/turns.ts";
import { type EncodedCommands, encodeCommands, fingerprintOf, sizeOf } from "./command-columns.ts";
import type {
  CloseOutOutcome,
  CloseOutRequest,
  Command,
  CommandList,
  DescribedOutcome,
  GenerationView,
  LedgerIdentity,
  Made,
  PagePlace,
  PageQuery,
  Query,
  ReadOutcome,
  ResourceQuery,
  WriteOptions,
  WriteOutcome,
} from "./rpc.ts";

/** Work that a ledger's object does by itself. */
export interface LedgerJob {
  readonly id: string;
  readonly type: "verify_ledger" | "close_out_ledger";
  readonly status: "running" | "succeeded" | "failed" | "cancelled";
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly progress: { readonly sequence: number; readonly head: number };
  readonly result: { readonly ok: boolean; readonly sequence: number; readonly seal: string; readonly faults: readonly string[] } | null;
}

/** The methods that a ledger's object answers to its callers. */
export interface LedgerRpc {
  open(identity: LedgerIdentity): Promise<void>;
  write(encodedCommands: EncodedCommands, options: WriteOptions & { readonly fingerprint?: string }): Promise<WriteAnswer>;
  /** `form`: with `page` the items of a list and its place come apart. A build that does not know the form answers both in one text. */
  read(query: Query, form?: ReadForm, edgeMs?: number): Promise<ReadAnswer>;
  /** The job, or why none is started. */
  startVerification(edgeMs?: number): Promise<string | { readonly refused: Failure }>;
  verification(jobId: string): Promise<string | null>;
  cancelVerification(jobId: string): Promise<string | null>;
  closeOut(request: CloseOutRequest): Promise<CloseOutOutcome>;
  takeOver(previous: string): Promise<"open" | "going_on">;
  generations(): Promise<string>;
  prepareRestore(to: RestorePoint): Promise<string | null>;
  restart(): Promise<void>;
}

/** A moment in Unix milliseconds, or the bookmark of one. */
export type RestorePoint = { readonly atMs: number } | { readonly bookmark: string };

/** `not_open`: it does not know what it is. `closed`: the books continue in the next generation. */
type WriteAnswer = DescribedOutcome | { readonly outcome: "not_open" } | { readonly outcome: "closed"; readonly next: number };
type ReadAnswer = ReadOutcome | { readonly ok: "not_open" } | { readonly ok: "closed"; readonly next: number };

export type ReadForm = "whole" | "page";

/** A resource as text, and what a caller needs to know of it. */
export interface ReadResource {
  readonly text: string;
  readonly made: Made;
}

/** A page of a list: `items` is the JSON text of its items, with figures that a JavaScript number might not hold. */
export interface ReadPage extends PagePlace {
  readonly items: string;
}

/** The objects of a ledger, by generation. */
export interface LedgerObjects {
  /** A fresh stub each time, because one that has thrown is broken. */
  readonly stub: (generation: number) => LedgerRpc;
  readonly idOf: (generation: number) => string;
}

/** The one way to a ledger. */
export interface LedgerClient {
  readonly number: number;
  /** Commits commands, as they are or as columns already. A refusal is returned. */
  write(commands: readonly Command[] | CommandList | EncodedCommands, options: WriteOptions): Promise<WriteOutcome>;
  /** Reads, and parses the answer. Throws `Refused` where the ledger refuses. */
  read<T>(query: Query): Promise<T>;
  /** Reads, and passes the JSON text on as it is. */
  readText(query: Query): Promise<string>;
  /** Reads one resource: its text as it is, and its id, status and version beside it. */
  readResource(query: ResourceQuery): Promise<ReadResource>;
  /** Reads a page of a list: its items as the text they are, and its place beside them. */
  readPage(query: PageQuery): Promise<ReadPage>;
  startVerification(): Promise<LedgerJob>;
  verification(jobId: string): Promise<LedgerJob | null>;
  /** Ends a verification that still runs, and answers the job; null where it is not known. */
  cancelVerification(jobId: string): Promise<LedgerJob | null>;
  /** Closes the ledger's object out into the next generation, and answers the id of the job that does what is left of it. Throws `Refused` where it need not be. */
  closeOut(options: Omit<CloseOutRequest, "next" | "edgeMs">): Promise<string>;
  /** The ledger's objects, the first one first. */
  generations(): Promise<readonly GenerationView[]>;
  /** Brings the ledger's present object back to an earlier moment, and answers the bookmark that undoes it. Throws `Refused` where the platform cannot. */
  restore(to: RestorePoint): Promise<string>;
}

/** Two bulk writes run at a time, a few wait, the others are refused as retryable. */
const bulkTurns = new Turns({ atOnce: 2, waitingMax: 8, lastsMaxMs: 10_000 });
const attemptsMax = 3;

/** Ledgers that were closed out, and the generation that answered last: it never goes back. Few are; a flood of them empties it at once. */
const generations = new Map<number, number>();
const generationsMax = 10_000;

/** What an answer says of whom to ask instead. */
type Elsewhere = "not_open" | { readonly next: number } | undefined;

/** `identity` says what the ledger is, should it not be open yet. `clock`: what is told to the object, whose own clock must agree for it to write. */
export function ledgerClient(
  number: number,
  { stub, idOf }: LedgerObjects,
  identity: () => Promise<LedgerIdentity>,
  clock: Clock = Date.now,
): LedgerClient {
  const call = async <T>(what: (rpc: LedgerRpc) => Promise<T>, elsewhere: (answer: T) => Elsewhere, attempts = attemptsMax): Promise<T> => {
    let generation = generations.get(number) ?? 0;
    for (let isOpened = false; ; ) {
      const answer = await withRetries(() => what(stub(generation)), attempts);
      const where = elsewhere(answer);
      if (where === undefined) {
        if (generation > 0) remember(number, generation);
        return answer;
      }
      if (where !== "not_open") generation = where.next;
      else if (generation > 0) throw refusal("LEDGER_CLOSING_OUT", "The ledger is being closed out into its next generation.");
      else if (isOpened) throw new Error(`assertion failed: ledger ${number} was opened`);
      else {
        const known = await identity();
        await withRetries(() => stub(0).open(known));
        isOpened = true;
      }
    }
  };
  const readOutcome = async (query: Query, form?: ReadForm): Promise<Extract<ReadOutcome, { ok: true }>> => {
    const answer = await call<ReadAnswer>(
      (rpc) => rpc.read(query, form, clock()),
      (given) => (given.ok === "not_open" ? given.ok : given.ok === "closed" ? given : undefined),
    );
    // Whoever answers otherwise is not the one who answers.
    if (answer.ok === "not_open" || answer.ok === "closed") throw new Error(`assertion failed: ledger ${number} answers`);
    if (!answer.ok) throw new Refused(answer.failure);
    return answer;
  };
  const readText = async (query: Query): Promise<string> => (await readOutcome(query)).body;
  const current = async (): Promise<number> => {
    await readText({ kind: "head" });
    return generations.get(number) ?? 0;
  };
  /** A job of whichever generation has it. */
  const jobOf = async (ask: (rpc: LedgerRpc) => Promise<string | null>): Promise<LedgerJob | null> => {
    for (let generation = await current(); generation >= 0; generation--) {
      const text = await withRetries(() => ask(stub(generation)));
      // Written by the object.
      if (text !== null) return JSON.parse(text) as LedgerJob;
    }
    return null;
  };
  return {
    number,
    async write(commands, options) {
      const encoded = "numbers" in commands ? commands : encodeCommands(commands);
      const keyed = options.idempotencyKey === undefined ? options : { ...options, fingerprint: fingerprintOf(encoded, options) };
      const outcome = await asBulk(sizeOf(encoded), () =>
        call<WriteAnswer>(
          (rpc) => rpc.write(encoded, { ...keyed, edgeMs: clock() }),
          (answer) => (answer.outcome === "not_open" ? answer.outcome : answer.outcome === "closed" ? answer : undefined),
          // A reply that was lost is asked for again only where a key makes that safe.
          keyed.idempotencyKey === undefined && !options.dryRun ? 1 : attemptsMax,
        ),
      );
      if (outcome.outcome === "not_open" || outcome.outcome === "closed") throw new Error(`assertion failed: ledger ${number} answers`);
      if (outcome.outcome === "refused") return outcome;
      const { made = options.answer === "minimal" ? null : madeInText(outcome.body) } = outcome;
      return { ...outcome, made };
    },
    readText,
    async readResource(query) {
      const { body, made = madeInText(body) } = await readOutcome(query);
      return { text: body, made: present(made, "a resource has an id and a status") };
    },
    async readPage(query) {
      const { body, page } = await readOutcome(query, "page");
      return page === undefined ? pageInText(body) : { items: body, ...page };
    },
    async read<T>(query: Query): Promise<T> {
      const text = await readText(query);
      // The object writes the shapes of rpc.ts.
      return JSON.parse(text, query.kind === "totals" ? reviveTurnover : undefined) as T;
    },
    async startVerification() {
      const generation = await current();
      const started = await withRetries(() => stub(generation).startVerification(clock()));
      if (typeof started !== "string") throw new Refused(started.refused);
      return JSON.parse(started) as LedgerJob;
    },
    verification: (jobId) => jobOf((rpc) => rpc.verification(jobId)),
    cancelVerification: (jobId) => jobOf((rpc) => rpc.cancelVerification(jobId)),
    async generations() {
      const generation = await current();
      return JSON.parse(await withRetries(() => stub(generation).generations())) as readonly GenerationView[];
    },
    async restore(to) {
      const generation = await current();
      const undo = await stub(generation).prepareRestore(to);
      if (undo === null) throw refusal("RESTORE_UNAVAILABLE", "This platform cannot bring an object back to an earlier moment.");
      // The call ends with the object: what comes next finds it as it was then.
      await stub(generation)
        .restart()
        .catch(() => undefined);
      return undo;
    },
    async closeOut(options) {
      const generation = await current();
      const outcome = await withRetries(() => stub(generation).closeOut({ ...options, next: idOf(generation + 1), edgeMs: clock() }));
      if (outcome.ok === "not_open") throw new Error(`assertion failed: ledger ${number} was opened`);
      if (outcome.ok === false) throw new Refused(outcome.failure);
      // The closed generation's alarm resumes it where this is interrupted.
      if (outcome.ok === true)
        await stub(outcome.generation + 1)
          .takeOver(outcome.object)
          .catch(() => "going_on");
      return outcome.jobId;
    },
  };
}

function remember(number: number, generation: number): void {
  if ((generations.get(number) ?? 0) >= generation) return;
  if (generations.size >= generationsMax) generations.clear();
  generations.set(number, generation);
}

/**
 * What an answer says was made, from its text: for what an object of a build before `made` answers, or stored under a key before it was replaced.
 * Such answers live 24 hours, so that the next release can do without; nothing else reads a text to learn what it is of.
 */
function madeInText(body: string): Made | null {
  // The shapes of rpc.ts, written by the object.
  const parsed = JSON.parse(body) as Partial<EntryLike> & { readonly data?: readonly Partial<EntryLike>[] };
  const { id, status, approval } = parsed.data?.[0] ?? parsed;
  if (id === undefined || status === undefined) return null;
  const isDraft = status === "draft" || status === "pending_approval";
  return isDraft && approval ? { id, state: status, version: approval.version } : { id, state: status };
}

interface EntryLike {
  readonly id: string;
  readonly status: Made["state"];
  readonly approval: { readonly version: number } | null;
}

/** The items and the place of a page, from the text of both: for what an object of a build before `page` answers. To be removed with `madeInText`. */
function pageInText(body: string): ReadPage {
  // Every page ends with these fields; inside a string of the items the quotes would be escaped.
  const end = body.lastIndexOf('],"totalCount":');
  const place = JSON.parse(`{${body.slice(end + 2)}`) as PagePlace;
  return { items: body.slice(body.indexOf("["), end + 1), ...place };
}

const turnoverFields: ReadonlySet<string> = new Set(["openingDebits", "openingCredits", "debits", "credits"]);

function reviveTurnover(key: string, value: unknown): unknown {
  return turnoverFields.has(key) && typeof value === "string" ? BigInt(value) : value;
}

async function asBulk<T>(size: number, work: () => Promise<T>): Promise<T> {
  if (size < bulkBytesMin) return work();
  const outcome = await bulkTurns.take(work);
  if (outcome === undefined) throw refusal("OVERLOADED", "Too many bulk requests at once; repeat this one.");
  return outcome.done;
}

/** Repeats a call that the platform says may be repeated, on a fresh stub each time. */
async function withRetries<T>(call: () => Promise<T>, attempts = attemptsMax): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const flags = error as { readonly retryable?: boolean; readonly overloaded?: boolean };
      if (flags.overloaded) throw refusal("OVERLOADED", "The ledger has too much to do at this moment.");
      if (!flags.retryable || attempt >= attempts) throw error;
      await scheduler.wait(20 * 2 ** attempt);
    }
  }
}
