import { DurableObject } from "cloudflare:workers";
import { present } from "../../kernel/assert.ts";
import { bulkBytesMin } from "../../kernel/bounds.ts";
import type { Failure } from "../../kernel/failures.ts";
import { isClockDoubtedNow } from "../../platform/clock-doubt.ts";
import { logFor } from "../../platform/log.ts";
import { afterShort, hasShort, noteShort } from "../../platform/short-first.ts";
import type { ReadForm, RestorePoint } from "../client.ts";
import { decodeCommands, type EncodedCommands, sizeOf } from "../command-columns.ts";
import { missing } from "../domain/decision.ts";
import type { LedgerFactsMessage } from "../facts-message.ts";
import type { CloseOutOutcome, CloseOutRequest, DescribedOutcome, LedgerIdentity, Query, ReadOutcome } from "../rpc.ts";
import { StoredAnswers } from "./answers/idempotency.ts";
import { type AskedWrite, refused, replay, writeCommands } from "./answers/write-commands.ts";
import { cancelEarlierChecks, checkOfAll, startEarlierChecks, startOwnCheck } from "./checks/checks-of-all.ts";
import { advanceVerification, cancelOwnCheck, cancelRunningCheck, isCheckRunning, ownCheck } from "./checks/verification.ts";
import { Duties } from "./duties.ts";
import { answerEarlier } from "./generations/answer-earlier.ts";
import { advanceCloseOut, listGenerations, takeOver } from "./generations/between-objects.ts";
import { closeOut, closeOutJob, closeOutOf, generationView, handOver, hasCloseOutLeft } from "./generations/closing.ts";
import type { GenerationRpc, Surroundings } from "./generations/generation-rpc.ts";
import type { Slice } from "./generations/hand-over.ts";
import { WithEarlier } from "./generations/with-earlier.ts";
import { clockRefused } from "./log/clock-check.ts";
import { GroupCommit } from "./log/group-commit.ts";
import { accountsDelayMs, headDelayMs, outboxDueAtMs, sendOutbox } from "./outbox.ts";
import { inOneText } from "./reads/page-outcome.ts";
import { answerQuery } from "./reads/queries.ts";
import { Books } from "./state/books.ts";
import type { Question } from "./state/earlier.ts";
import { type LimitVariables, limitsOf } from "./state/ledger-limits.ts";

type Env = LimitVariables & {
  readonly LEDGER_FACTS?: Queue<LedgerFactsMessage>;
  readonly LEDGER?: DurableObjectNamespace;
  readonly FILES?: R2Bucket;
};
type WriteAnswer = DescribedOutcome | { readonly outcome: "not_open" } | { readonly outcome: "closed"; readonly next: number };
type ReadAnswer = ReadOutcome | { readonly ok: "not_open" } | { readonly ok: "closed"; readonly next: number };

/** How soon the alarm looks after a take-over that may be cut off. */
const takeOverCheckMs = 5_000;

/**
 * One ledger: the one writer of its books, and what it answers to its callers. Every write is one synchronous pass: read state, decide, append, apply.
 * Private state is `#private`, because a TypeScript `private` method is callable over RPC.
 */
export class LedgerObject extends DurableObject<Env> {
  readonly #books: Books;
  readonly #answers = new StoredAnswers(this.ctx.storage);
  readonly #groupCommit = new GroupCommit<WriteAnswer>(this.ctx.storage);
  readonly #withEarlier: WithEarlier;
  readonly #surroundings: Surroundings;
  readonly #duties: Duties;
  #isResuming = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#surroundings = { id: ctx.id.toString(), objectOf: (id) => this.#objectOf(id), bucket: env.FILES };
    this.#duties = this.#dutiesOf();
    const books = new Books(ctx.storage, limitsOf(env), {
      end: (reason) => ctx.abort(reason),
      committed: ({ holds, facts }) => {
        if (books.isRetired) return this.#end();
        if (holds.size > 0 && books.nextHoldEndMs !== undefined) this.#duties.wakeBy(books.nextHoldEndMs);
        const changesAccounts = facts.some(({ kind }) => kind === "account_opened" || kind === "account_changed");
        // Of a ledger that was written to by a clock that was ahead, the time of a commit is not the time that it is.
        this.#duties.wakeBy(Date.now() + (changesAccounts ? accountsDelayMs : headDelayMs));
      },
    });
    this.#books = books;
    this.#withEarlier = new WithEarlier(
      () => books.state,
      (generation) => this.#objectOf(generation.object),
    );
    ctx.blockConcurrencyWhile(() => this.#duties.load());
  }

  /** All that the object does by itself, in the order in which it is done where several are due. */
  #dutiesOf(): Duties {
    const { storage } = this.ctx;
    const queue = this.env.LEDGER_FACTS;
    const surroundings = this.#surroundings;
    const whileOpen = (dueAtMs: () => number | undefined) => () =>
      this.#books.newer === undefined && this.#books.isOpen ? dueAtMs() : undefined;
    const whileInUse = (dueAtMs: () => number | undefined) => whileOpen(() => (this.#books.isRetired ? undefined : dueAtMs()));
    return new Duties(storage, () => `ledger-${this.#books.state.identity.number}`, [
      {
        name: "take_over",
        dueAtMs: () => (this.#books.newer === undefined && this.#books.takeOver !== undefined ? 0 : undefined),
        do: async () => {
          const going = this.#books.takeOver;
          if (going !== undefined) await this.takeOver(going.previous);
        },
      },
      {
        name: "close_out",
        dueAtMs: whileOpen(() => (hasCloseOutLeft(this.#books, surroundings.bucket) ? 0 : undefined)),
        do: () => advanceCloseOut(this.#books, surroundings),
      },
      {
        name: "holds",
        dueAtMs: whileOpen(() => this.#books.nextHoldEndMs),
        do: () => this.#books.expireHolds(),
      },
      {
        name: "verification",
        dueAtMs: whileOpen(() => (isCheckRunning(storage.sql) ? 0 : undefined)),
        do: () => {
          advanceVerification(storage, this.#books.state);
          this.#books.state.trim();
        },
      },
      {
        name: "outbox",
        dueAtMs: whileInUse(() => (queue === undefined ? undefined : outboxDueAtMs(this.#books))),
        do: () => sendOutbox(this.#books, present(queue, "it is due where there is a queue")),
      },
    ]);
  }

  override async alarm(): Promise<void> {
    if (await isClockDoubtedNow(this.env)) this.#duties.postpone();
    else await this.#duties.ring();
  }

  /** A ledger that is retired does nothing by itself any more. */
  #end(): void {
    cancelRunningCheck(this.ctx.storage.sql, Date.now());
    this.#duties.drop();
  }

  /** Another generation's object. */
  #objectOf(id: string): GenerationRpc {
    const namespace = present(this.env.LEDGER, "a ledger's object reaches the others");
    // The stub's generated type wraps every answer; the object's methods are those of GenerationRpc.
    return namespace.get(namespace.idFromString(id)) as unknown as GenerationRpc;
  }

  /** Opens the ledger: its first fact says what it is. Opening it again as the same changes nothing. */
  open(identity: LedgerIdentity): void {
    this.#books.open(identity);
  }

  /** Commits the commands in order; many of them after short calls that wait. */
  write(encodedCommands: EncodedCommands, options: AskedWrite): WriteAnswer | Promise<WriteAnswer> {
    this.#duties.noticeClock();
    const wrong = clockRefused(options.edgeMs);
    if (wrong !== undefined) return refused(wrong);
    const work = () =>
      this.#withEarlier.do(
        () => this.#writeNow(encodedCommands, options),
        () => this.#earlierNamed(encodedCommands),
      );
    if (sizeOf(encodedCommands) < bulkBytesMin) noteShort();
    // Many commands would hold up the short writes of their group, and a read that has it done.
    else if (hasShort()) return afterShort(work);
    return this.#groupCommit.do(work);
  }

  /** Nothing in here awaits: what one call reads, no other call can change before it has written. */
  #writeNow(encodedCommands: EncodedCommands, options: AskedWrite): WriteAnswer {
    const books = this.#books;
    return books.orEnd("a write", () => {
      if (books.newer !== undefined) return refused(books.newer);
      if (!books.isOpen) return { outcome: "not_open" };
      if (books.closeOut !== undefined) {
        this.#resumeCloseOut();
        return { outcome: "closed", next: books.generation + 1 };
      }
      books.expireHolds();
      const outcome = writeCommands(books, this.#answers, decodeCommands(encodedCommands), options);
      books.state.trim();
      return outcome;
    });
  }

  /** What earlier generations may know of the names in the commands. */
  #earlierNamed(encodedCommands: EncodedCommands): number[] {
    const { state } = this.#books;
    const commands = decodeCommands(encodedCommands);
    const sequences = new Set<number>();
    for (let i = 0; i < commands.length; i++) {
      const command = present(commands.at(i), "a list has as many commands as it says");
      for (const sequence of state.earlierNamed(command)) if (sequence < state.firstSequence) sequences.add(sequence);
    }
    return [...sequences];
  }

  /** Answers a question about the books. `form`: whether the items of a page come as they are, with their place beside them. */
  read(query: Query, form: ReadForm = "whole", edgeMs?: number): ReadAnswer | Promise<ReadAnswer> {
    noteShort();
    this.#groupCommit.doWaiting();
    this.#duties.noticeClock();
    const wrong = clockRefused(edgeMs);
    return this.#withEarlier.do(() => this.#readNow(query, form, wrong));
  }

  #readNow(query: Query, form: ReadForm, clockWrong: Failure | undefined): ReadAnswer {
    const books = this.#books;
    if (books.newer !== undefined) return { ok: false, failure: books.newer };
    // Its end is still told: by that it is found, should it have to be restored.
    if (books.isRetired && query.kind !== "head") return { ok: false, failure: missing };
    // To open a ledger is to write its first fact.
    if (!books.isOpen) return clockWrong === undefined ? { ok: "not_open" } : { ok: false, failure: clockWrong };
    // Until the next generation is open, the books are read here.
    if (books.closeOut?.isTakenOver) {
      this.#resumeCloseOut();
      return { ok: "closed", next: books.generation + 1 };
    }
    // By a clock that may be wrong nothing is recorded; the books are read as they stand.
    if (clockWrong === undefined) books.expireHolds();
    const answer = answerQuery(books.sql, books.state, books.head, query);
    books.state.trim();
    return form === "page" ? answer : inOneText(answer);
  }

  /** Answers a later generation, of this one's own log. */
  earlier(text: string): string | Promise<string> {
    const books = this.#books;
    // Written by another object of this class.
    const question = JSON.parse(text) as Question;
    closeOutOf(books);
    if (question.kind !== "replay") {
      const answer = answerEarlier(books.sql, books.state, question);
      books.state.trim();
      return answer;
    }
    const { key, fingerprint, keptFromMs } = question;
    const asked = { key, fingerprint, nowMs: books.nowMs(), keptFromMs };
    return this.#withEarlier.do(() => JSON.stringify(replay(books, this.#answers, asked) ?? null));
  }

  /** Closes this generation: its last fact says so, and it takes no more. Asked again, it says what was said. */
  closeOut(request: CloseOutRequest): CloseOutOutcome {
    const wrong = clockRefused(request.edgeMs);
    if (wrong !== undefined) return { ok: false, failure: wrong };
    const outcome = this.#books.orEnd("a close-out", () => closeOut(this.#books, request, this.#surroundings.id));
    if (outcome.ok === true) this.#duties.wakeBy(Date.now());
    return outcome;
  }

  /** What the next generation asks for, one slice after the other. */
  handOver(cursor: string): Slice {
    return handOver(this.#books, cursor, this.#surroundings.id);
  }

  /** From the next generation, before it takes its first write: nothing is read here from now on but what it asks for. */
  handedOver(): void {
    this.#books.storeCloseOut({ ...closeOutOf(this.#books), isTakenOver: true });
    this.#duties.wakeBy(Date.now());
  }

  /** Takes over what the generation before has, and opens. The alarm resumes where this is cut off. */
  async takeOver(previous: string): Promise<"open" | "going_on"> {
    this.#duties.wakeBy(Date.now() + takeOverCheckMs);
    const outcome = await takeOver(this.#books, previous, this.#surroundings);
    const { nextHoldEndMs } = this.#books;
    if (outcome === "open" && nextHoldEndMs !== undefined) this.#duties.wakeBy(nextHoldEndMs);
    return outcome;
  }

  /** A close-out that was cut off is resumed by whoever asks for the ledger, should its alarm be long in coming. */
  #resumeCloseOut(): void {
    if (this.#isResuming || closeOutOf(this.#books).isNextOpen) return;
    this.#isResuming = true;
    const work = advanceCloseOut(this.#books, this.#surroundings).catch((error: unknown) => {
      logFor(`ledger-${this.#books.state.identity.number}`).error("ledger_close_out", error);
    });
    this.ctx.waitUntil(
      work.finally(() => {
        this.#isResuming = false;
      }),
    );
  }

  /** The generations of the ledger, as this one, the last, knows them. */
  async generations(): Promise<string> {
    return JSON.stringify(await listGenerations(this.#books, this.#surroundings));
  }

  /** This generation, which is closed, as a later one lists it. */
  closed(): string {
    return JSON.stringify(generationView(this.#books));
  }

  /**
   * Has the platform bring the object back to an earlier moment when it starts next, and answers the bookmark that undoes it; null where it cannot.
   * The runtime on one's own machine cannot, and says so.
   */
  async prepareRestore(to: RestorePoint): Promise<string | null> {
    const { storage } = this.ctx;
    try {
      const bookmark = "bookmark" in to ? to.bookmark : await storage.getBookmarkForTime(to.atMs);
      return await storage.onNextSessionRestoreBookmark(bookmark);
    } catch (error) {
      if (error instanceof Error && /does not implement point-in-time recovery/.test(error.message)) return null;
      throw error;
    }
  }

  /** Ends the object, and the call with it; the next call starts from the disk. */
  restart(): void {
    this.ctx.abort("restarted to be restored");
  }

  /** Starts a check of the whole log against its seals and of the balances against the log, in slices; or names the one that runs. Of all generations. */
  async startVerification(edgeMs?: number): Promise<string | { readonly refused: Failure }> {
    const wrong = clockRefused(edgeMs);
    if (wrong !== undefined) return { refused: wrong };
    const { generations } = this.#books.state.earlier;
    const earlier = await startEarlierChecks(generations, this.#surroundings.objectOf);
    return this.#startCheck(earlier);
  }

  /** Starts the check of this generation's own log. */
  check(): string {
    return this.#startCheck([]);
  }

  #startCheck(earlier: Parameters<typeof startOwnCheck>[1]): string {
    const verification = startOwnCheck(this.#books, earlier);
    this.#duties.wakeBy(Date.now());
    return JSON.stringify(verification);
  }

  /** How far the check of this generation's own log is. */
  checked(jobId: string): string | null {
    const check = ownCheck(this.ctx.storage.sql, jobId);
    return check === undefined ? null : JSON.stringify(check);
  }

  /** How far a job of this generation is. */
  async verification(jobId: string): Promise<string | null> {
    if (this.#books.closeOut?.jobId === jobId) return JSON.stringify(closeOutJob(this.#books));
    const own = ownCheck(this.ctx.storage.sql, jobId);
    return own === undefined ? null : JSON.stringify(await checkOfAll(this.#books, own, this.#surroundings.objectOf));
  }

  /** Ends a check of all generations where it runs, and answers it as it is then. */
  async cancelVerification(jobId: string): Promise<string | null> {
    const own = ownCheck(this.ctx.storage.sql, jobId);
    if (own === undefined) return null;
    this.cancelCheck(jobId);
    await cancelEarlierChecks(own, this.#surroundings.objectOf);
    return this.verification(jobId);
  }

  /** Ends the check of this generation's own log where it runs. */
  cancelCheck(jobId: string): void {
    cancelOwnCheck(this.ctx.storage.sql, jobId, Date.now());
  }
}
