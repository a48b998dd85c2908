import { DurableObject } from "cloudflare:workers";
import { present } from "../../kernel/assert.ts";
import { bulkBytesMin } from "../../kernel/bounds.ts";
import { instant } from "../../kernel/clock.ts";
import { type Failure, failure, failureKinds } from "../../kernel/failures.ts";
import type { Actor } from "../../kernel/role.ts";
import { logFor } from "../../platform/log.ts";
import { afterShort, hasShort, noteShort } from "../../platform/short-first.ts";
import type { LedgerJob, ReadForm, RestorePoint } from "../client.ts";
import { type DecodedCommands, decodeCommands, type EncodedCommands, sizeOf } from "../command-columns.ts";
import { identityOf } from "../domain/apply.ts";
import { decide } from "../domain/decide.ts";
import { type Fact, isKnownFact, type LedgerContinued, type LedgerOpened } from "../domain/fact.ts";
import { Overlay } from "../domain/overlay.ts";
import type { LedgerFactsMessage } from "../facts-message.ts";
import type {
  CloseOutOutcome,
  CloseOutRequest,
  DescribedOutcome,
  GenerationView,
  Head,
  LedgerIdentity,
  Query,
  ReadOutcome,
  WriteOptions,
} from "../rpc.ts";
import { describe, type Item, storable } from "./answers/describe.ts";
import {
  bucketMs,
  claimKept,
  filledBuckets,
  findAnswer,
  findClaimed,
  isClaimable,
  keepAnswer,
  purgeAnswers,
  type StoredAnswer,
} from "./answers/idempotency.ts";
import {
  advanceVerification,
  type EarlierCheck,
  joinedCheck,
  type OwnCheck,
  ownCheck,
  shownCheck,
  type Verification,
  verificationOf,
} from "./checks/verification.ts";
import { answerEarlier } from "./generations/answer-earlier.ts";
import { advanceArchive, archivedFiles, archivedTo, archiveFolder } from "./generations/archive.ts";
import { begin, type CloseOut, type GenerationRpc, type TakeOver } from "./generations/close-out.ts";
import { type Beginning, type ClosedBefore, type Cursor, type Slice, showRuns, sliceAt, writeParts } from "./generations/hand-over.ts";
import { WithEarlier } from "./generations/with-earlier.ts";
import { GroupCommit } from "./log/group-commit.ts";
import { append, type CommitContext, type PreparedCommit, prepareCommit, readHead } from "./log/journal.ts";
import { readMeta, writeMeta } from "./log/meta.ts";
import { migrate } from "./log/schema.ts";
import { nextOutboxMessages, rememberSent } from "./outbox.ts";
import { inOneText } from "./reads/page-outcome.ts";
import { answerQuery } from "./reads/queries.ts";
import { areTablesTold, isOneRow, markTables, writeEagerTables } from "./state/eager-tables.ts";
import { Earlier, type Generation, NeedsEarlier, type Question } from "./state/earlier.ts";
import { EntryIndex } from "./state/entry-index.ts";
import { type LedgerLimits, type LimitVariables, limitsOf } from "./state/ledger-limits.ts";
import { StoredState } from "./state/stored-state.ts";

/** How soon the catalogue is told of an account that has changed. */
const outboxDelayMs = 5_000;
/** How often it is told the head when nothing else has changed. */
const headDelayMs = 24 * 60 * 60 * 1000;
/** What the alarm may spend on messages before it comes back later. */
const outboxDeadlineMs = 10_000;

/** What one call may spend on taking a generation over before it lets the alarm go on: below what a request may last. */
const takeOverDeadlineMs = 20_000;
type Env = LimitVariables & {
  readonly LEDGER_FACTS?: Queue<LedgerFactsMessage>;
  readonly LEDGER?: DurableObjectNamespace;
  readonly FILES?: R2Bucket;
};
type WriteAnswer = DescribedOutcome | { readonly outcome: "not_open" } | { readonly outcome: "closed"; readonly next: number };
type ReadAnswer = ReadOutcome | { readonly ok: "not_open" } | { readonly ok: "closed"; readonly next: number };
/** Who acts where the ledger notes something by itself. */
const itself: Actor = { kind: "service", id: "countinghouse", role: "OWNER" };
/** Holds in one fact: their numbers stay far below what a row holds. */
const expiredAtOnce = 1_000;
const unopened: LedgerIdentity = { number: 0, ledgerId: "", siteId: "", entityId: "", currency: "", scale: 0 };

/**
 * One ledger: the one writer of its books. Every write is one synchronous pass: read state, decide, append, apply.
 * Private state is `#private`, because a TypeScript `private` method is callable over RPC.
 */
export class LedgerObject extends DurableObject<Env> {
  readonly #limits: LedgerLimits;
  #state: StoredState;
  #head: Head;
  #newer = false;
  #full = false;
  #lastAtMs = 0;
  #alarmAtMs: number | undefined;
  #answersPurgedFor = -1;
  #filledBuckets = new Set<number>();
  /** When the next hold expires. */
  #nextHoldEnd: number | undefined;
  /** Counted from 0. */
  #generation = 0;
  #firstSequence = 1;
  /** Set where the books go on in the next generation. */
  #closeOut: CloseOut | undefined;
  #goesOn = false;
  /** Set where a later generation has not taken everything over yet. */
  #takeOver: TakeOver | undefined;
  readonly #withEarlier = new WithEarlier(
    () => this.#state,
    (generation) => this.#objectOf(generation.object),
  );

  readonly #groupCommit = new GroupCommit<WriteAnswer>(this.ctx.storage);

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#limits = limitsOf(env);
    const sql = ctx.storage.sql;
    // Without it REPLACE would pass the triggers that keep the journal.
    sql.exec("PRAGMA recursive_triggers = on");
    this.#newer = !migrate(ctx.storage);
    this.#head = this.#newer ? { sequence: 0, seal: "" } : readHead(sql);
    this.#state = this.#stateOf(unopened);
    if (!this.#newer) this.#load(sql);
    // An alarm outlives the object; one that is not known of would be set later than it stands.
    ctx.blockConcurrencyWhile(async () => {
      this.#alarmAtMs = (await ctx.storage.getAlarm()) ?? undefined;
    });
  }

  #load(sql: SqlStorage): void {
    this.#takeOver = readMeta<TakeOver>(sql, "take_over");
    const opening = sql.exec<{ seq: number; body: string }>("SELECT seq, body FROM journal ORDER BY seq LIMIT 1").toArray()[0];
    if (opening === undefined) return;
    const last = sql
      .exec<{ version: number; kind: string; context: string }>(
        "SELECT version, body ->> '$.kind' AS kind, context FROM journal ORDER BY seq DESC LIMIT 1",
      )
      .one();
    // The last fact tells whether a newer release has written here: versions only grow.
    this.#newer = !isKnownFact(last.kind, last.version);
    if (this.#newer) return;
    this.#lastAtMs = Date.parse((JSON.parse(last.context) as { at: string }).at);
    // The first fact of every log is one of the two.
    const first = JSON.parse(opening.body) as LedgerOpened | LedgerContinued;
    this.#generation = first.kind === "ledger_continued" ? first.generation : 0;
    this.#firstSequence = opening.seq;
    this.#closeOut = last.kind === "ledger_closed" ? readMeta<CloseOut>(sql, "close_out") : undefined;
    this.#state = this.#stateOf(identityOf(first));
    this.#state.earlier = new Earlier(readMeta<readonly Generation[]>(sql, "generations") ?? []);
    this.#filledBuckets = filledBuckets(sql);
    if (!areTablesTold(sql)) this.#retellTables();
    this.#state.load();
    this.#state.index.load();
    this.#state.replay(this.#head.sequence);
    this.#nextHoldEnd = this.#state.nextHoldEnd();
    this.#measure();
  }

  /** All in one transaction: tables that are told in part are no tables. */
  #retellTables(): void {
    const { identity } = this.#state;
    this.ctx.storage.transactionSync(() => this.#stateOf(identity).retellTables());
  }

  #stateOf(identity: LedgerIdentity): StoredState {
    return new StoredState(this.ctx.storage.sql, new EntryIndex(this.ctx.storage, this.#limits), identity);
  }

  get #isOpen(): boolean {
    return this.#head.sequence > 0 && this.#takeOver === undefined;
  }

  /** Opens the ledger: its first fact says what it is. Opening it again as the same changes nothing. */
  open(identity: LedgerIdentity): void {
    if (this.#newer || this.#isOpen || this.#takeOver !== undefined) return;
    this.#state.index.load();
    markTables(this.ctx.storage.sql);
    this.#record({ kind: "ledger_opened", ...identity } satisfies LedgerOpened, Date.now(), "open");
  }

  /** Commits what the ledger itself notes. */
  #record(fact: Fact, atMs: number, requestId: string): void {
    this.#note([fact], atMs, requestId, undefined);
  }

  #note(facts: readonly Fact[], atMs: number, requestId: string, also: (() => void) | undefined): void {
    const overlay = new Overlay(this.#state, atMs);
    overlay.take(facts);
    this.#commit(overlay, prepareCommit(this.#head, overlay.facts, { atMs, actor: itself, requestId }), also);
  }

  /**
   * Notes the holds whose end has come, before anything else is read or decided: an expiry is a fact like any other,
   * and no figure depends on the clock but through it. At most so many a turn; the rest follow in the next fact.
   */
  #expireHolds(): void {
    // In a generation that is closed they are the next one's.
    if (this.#closeOut !== undefined) return;
    const nextAtMs = this.#nextHoldEnd;
    const atMs = Math.max(Date.now(), this.#lastAtMs);
    if (nextAtMs === undefined || nextAtMs > atMs) return;
    let first: number | undefined;
    for (let due = this.#state.dueHolds(atMs, expiredAtOnce); due.length > 0; due = this.#state.dueHolds(atMs, expiredAtOnce)) {
      if (due[0] === first) throw new Error(`assertion failed: hold ${first} has expired and is not due again`);
      first = due[0];
      this.#record({ kind: "holds_expired", holds: due }, atMs, "expiry");
    }
    this.#nextHoldEnd = this.#state.nextHoldEnd();
  }

  /** Commits the commands in order; many of them after short calls that wait. */
  write(encodedCommands: EncodedCommands, options: WriteOptions & { readonly fingerprint?: string }): Promise<WriteAnswer> {
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

  /** What earlier generations may know of the names in the commands. */
  #earlierNamed(encodedCommands: EncodedCommands): number[] {
    const commands = decodeCommands(encodedCommands);
    const sequences = new Set<number>();
    for (let i = 0; i < commands.length; i++) {
      const command = present(commands.at(i), "a list has as many commands as it says");
      for (const sequence of this.#state.earlierNamed(command)) if (sequence < this.#firstSequence) sequences.add(sequence);
    }
    return [...sequences];
  }

  /** Another generation's object. */
  #objectOf(id: string): GenerationRpc {
    const namespace = present(this.env.LEDGER, "a ledger's object reaches the others");
    // The stub's generated type wraps every answer; the object's methods are those of GenerationRpc.
    return namespace.get(namespace.idFromString(id)) as unknown as GenerationRpc;
  }

  /** Answers a later generation, of this one's own log. */
  earlier(text: string): string | Promise<string> {
    // Written by another object of this class.
    const question = JSON.parse(text) as Question;
    if (this.#closeOut === undefined) throw new Error("assertion failed: only a closed generation is asked");
    if (question.kind !== "replay") {
      const answer = answerEarlier(this.ctx.storage.sql, this.#state, question);
      this.#state.trim();
      return answer;
    }
    const { key, fingerprint } = question;
    const atMs = Math.max(Date.now(), this.#lastAtMs);
    return this.#withEarlier.do(() => JSON.stringify(this.#replay(key, fingerprint, atMs) ?? null));
  }

  /** Nothing in here awaits: what one call reads, no other call can change before it has written. */
  #writeNow(encodedCommands: EncodedCommands, options: WriteOptions & { readonly fingerprint?: string }): WriteAnswer {
    try {
      if (this.#newer) return refused(failure("LEDGER_NEWER", "A newer release has written to this ledger."));
      if (!this.#isOpen) return { outcome: "not_open" };
      if (this.#closeOut !== undefined) {
        this.#goOn();
        return { outcome: "closed", next: this.#generation + 1 };
      }
      this.#expireHolds();
      const outcome = this.#write(decodeCommands(encodedCommands), options);
      this.#state.trim();
      return outcome;
    } catch (error) {
      if (error instanceof NeedsEarlier) throw error;
      // Memory may have run ahead of the disk: it goes, and the next call finds what was committed.
      this.ctx.abort(`a write threw: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }

  #write(commands: DecodedCommands, options: WriteOptions & { readonly fingerprint?: string }): DescribedOutcome {
    const atMs = Math.max(Date.now(), this.#lastAtMs);
    const sql = this.ctx.storage.sql;
    const key = options.dryRun ? undefined : options.idempotencyKey;
    const fingerprint = options.fingerprint ?? "";
    const replayed = key === undefined ? undefined : this.#replay(key, fingerprint, atMs);
    if (replayed !== undefined) return replayed;
    if (this.#full) return refused(failure("LEDGER_FULL", "The ledger has reached the size up to which it takes entries."));
    if (!options.dryRun) this.#makeRoom(commands.lineCount, atMs);
    const overlay = new Overlay(this.#state, atMs);
    const items: Item[] = [];
    for (let i = 0; i < commands.length; i++) {
      const command = present(commands.at(i), "a list has as many commands as it says");
      const decision = decide(overlay, command, options.actor);
      if (!decision.ok) {
        const reason = options.answer === "one" ? decision.failure : atItem(decision.failure, options.itemsPointer ?? "/entries", i);
        if (options.mode === "atomic") return this.#refuse(reason, key, fingerprint, atMs, options);
        items.push({ failure: reason });
      } else if (decision.value.existing !== undefined) {
        items.push({ existing: decision.value.existing });
      } else {
        items.push({ first: overlay.sequence + 1, count: decision.value.facts.length });
        overlay.take(decision.value.facts);
      }
    }
    const { actor, requestId, answer } = options;
    const context: CommitContext = { atMs, actor, requestId };
    if (options.dryRun)
      return {
        outcome: "dry_run",
        ...describe(sql, this.#state, { items, answer: options.answer, overlay, context, head: this.#head }),
      };
    if (overlay.facts.length === 0) {
      const described = describe(sql, this.#state, { items, answer: options.answer, head: this.#head });
      const { body } = described;
      if (key !== undefined)
        this.ctx.storage.transactionSync(() =>
          this.#keep(key, atMs, { ...storable(items, options.answer, this.#head), fingerprint, body }),
        );
      return { outcome: "existing", ...described };
    }
    const first = overlay.firstSequence;
    const claim = key !== undefined && isToldByLog(items, overlay.facts, first) ? { key, fingerprint, answer, first } : undefined;
    const commit = prepareCommit(this.#head, overlay.facts, claim === undefined ? context : { ...context, claim });
    const { head } = commit;
    const described = describe(sql, this.#state, { items, answer, overlay, context, head });
    const isKeptApart = key !== undefined && claim === undefined;
    this.#commit(
      overlay,
      commit,
      isKeptApart ? () => this.#keep(key, atMs, { ...storable(items, answer, head, first), fingerprint, body: described.body }) : undefined,
    );
    return { outcome: "written", ...described };
  }

  /** The first answer to a key, or why it is refused; undefined where the key is new. */
  #replay(key: string, fingerprint: string, atMs: number): DescribedOutcome | undefined {
    const { sql } = this.ctx.storage;
    const stored = findClaimed(sql, this.#state, key, fingerprint, atMs) ?? findAnswer(sql, this.#filledBuckets, key, atMs);
    if (stored === undefined || "outcome" in stored) return stored;
    if (stored.fingerprint !== fingerprint)
      return refused(
        failure(
          "IDEMPOTENCY_KEY_REUSED",
          "The idempotency key was used for another request: for other content, another mode, or another preference for the answer.",
        ),
      );
    if (stored.failure !== undefined) return { outcome: "refused", failure: stored.failure, replayed: true };
    const originally = stored.firstSequence === undefined ? "existing" : "written";
    return { outcome: "replayed", originally, ...describe(sql, this.#state, stored) };
  }

  #refuse(reason: Failure, key: string | undefined, fingerprint: string, atMs: number, options: WriteOptions): DescribedOutcome {
    if (key !== undefined && isKept(reason)) {
      this.ctx.storage.transactionSync(() =>
        this.#keep(key, atMs, { ...storable([], options.answer, this.#head), fingerprint, body: undefined, failure: reason }),
      );
    }
    return refused(reason);
  }

  #keep(key: string, atMs: number, answer: StoredAnswer): void {
    const period = Math.floor(atMs / bucketMs);
    if (period !== this.#answersPurgedFor) {
      purgeAnswers(this.ctx.storage.sql, atMs);
      this.#answersPurgedFor = period;
    }
    keepAnswer(this.ctx.storage.sql, this.#filledBuckets, key, atMs, answer);
  }

  /** Appends the overlay's facts in one transaction with whatever `also` writes, and only then lets memory have them. */
  #commit(overlay: Overlay, commit: PreparedCommit, also: (() => void) | undefined): void {
    const { sql } = this.ctx.storage;
    // A single row is atomic as the statement that it is: a transaction around it was measured at a twentieth of a post.
    if (also === undefined && isOneRow(overlay.facts)) append(sql, commit);
    else {
      this.ctx.storage.transactionSync(() => {
        append(sql, commit);
        writeEagerTables(sql, overlay);
        also?.();
      });
    }
    const { context } = commit;
    this.#state.merge(overlay, commit.sealed.lengths, context.claim);
    this.#head = commit.head;
    this.#lastAtMs = context.atMs;
    if (overlay.holds.size > 0) {
      this.#nextHoldEnd = this.#state.nextHoldEnd();
      if (this.#nextHoldEnd !== undefined) this.#wakeAt(this.#nextHoldEnd);
    }
    const tells = overlay.facts.some(({ kind }) => kind === "account_opened" || kind === "account_changed");
    this.#wakeAt(context.atMs + (tells ? outboxDelayMs : headDelayMs));
  }

  /** Does this write's part of the work on the index, before more comes. */
  #makeRoom(lines: number, atMs: number): void {
    if (this.#state.index.makeRoom(lines, atMs)) this.#measure();
  }

  #measure(): void {
    this.#full = this.ctx.storage.sql.databaseSize > this.#limits.ledgerBytesMax;
  }

  /** Answers a question about the books. */
  read(query: Query, form: ReadForm = "whole"): ReadAnswer | Promise<ReadAnswer> {
    noteShort();
    this.#groupCommit.doWaiting();
    return this.#withEarlier.do(() => this.#readNow(query, form));
  }

  #readNow(query: Query, form: ReadForm): ReadAnswer {
    if (this.#newer) return { ok: false, failure: failure("LEDGER_NEWER", "A newer release has written to this ledger.") };
    if (!this.#isOpen) return { ok: "not_open" };
    // Until the next generation is open, the books are read here.
    if (this.#closeOut?.isTakenOver) {
      this.#goOn();
      return { ok: "closed", next: this.#generation + 1 };
    }
    this.#expireHolds();
    const answer = answerQuery(this.ctx.storage.sql, this.#state, this.#head, query);
    this.#state.trim();
    return form === "page" ? answer : inOneText(answer);
  }

  /** Sets the one alarm, never later than it stands. Nobody else calls setAlarm. */
  #wakeAt(atMs: number): void {
    if (this.#alarmAtMs !== undefined && this.#alarmAtMs <= atMs) return;
    this.#alarmAtMs = atMs;
    this.ctx.storage.setAlarm(atMs);
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = undefined;
    if (this.#newer) return;
    let again: number | undefined;
    try {
      if (this.#takeOver !== undefined && (await this.takeOver(this.#takeOver.previous)) !== "open") again = Date.now();
      if (!this.#isOpen) return;
      if (this.#closeOut !== undefined && (await this.#advanceCloseOut(this.#closeOut))) again = Date.now();
      this.#expireHolds();
      if (this.#closeOut === undefined && this.#nextHoldEnd !== undefined) again = this.#nextHoldEnd;
      if (advanceVerification(this.ctx.storage, this.#state)) again = Date.now();
      this.#state.trim();
      await this.#send();
    } catch (error) {
      // An alarm that throws six times is dropped for good: it comes back by itself instead.
      logFor(`ledger-${this.#state.identity.number}`).error("ledger_alarm", error);
      again = Date.now() + outboxDelayMs;
    } finally {
      if (again !== undefined) this.#wakeAt(again);
    }
  }

  /** Closes this generation: its last fact says so, and it takes no more. Asked again, it says what was said. */
  closeOut(request: CloseOutRequest): CloseOutOutcome {
    try {
      if (this.#newer) return refusedCloseOut(failure("LEDGER_NEWER", "A newer release has written to this ledger."));
      if (!this.#isOpen) return { ok: "not_open" };
      const before = readMeta<ClosedBefore>(this.ctx.storage.sql, "closed_before");
      const isRepeated = request.idempotencyKey !== undefined && before?.idempotencyKey === request.idempotencyKey;
      if (isRepeated) return { ok: "repeated", jobId: before.jobId };
      if (this.#closeOut === undefined) {
        this.#expireHolds();
        this.#measure();
        if (!this.#full && !request.force)
          return refusedCloseOut(failure("LEDGER_NOT_FULL", "The ledger takes entries; with force it is closed out all the same."));
        this.#close(request);
      }
      const { jobId } = present(this.#closeOut, "the generation was just closed");
      return { ok: true, jobId, object: this.ctx.id.toString(), generation: this.#generation };
    } catch (error) {
      this.ctx.abort(`a close-out threw: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }

  #close({ next, actor, requestId, idempotencyKey, reason }: CloseOutRequest): void {
    const atMs = Math.max(Date.now(), this.#lastAtMs);
    const overlay = new Overlay(this.#state, atMs);
    overlay.take([{ kind: "ledger_closed", generation: this.#generation, reason: reason ?? null }]);
    const commit = prepareCommit(this.#head, overlay.facts, { atMs, actor, requestId });
    const closeOut: CloseOut = {
      jobId: crypto.randomUUID(),
      atMs,
      idempotencyKey: idempotencyKey ?? null,
      nextObject: next,
      isTakenOver: false,
      isNextOpen: false,
      archivedAtMs: null,
    };
    this.#commit(overlay, commit, () => writeMeta(this.ctx.storage.sql, "close_out", closeOut));
    this.#closeOut = closeOut;
    this.#wakeAt(Date.now());
  }

  /** What the next generation asks for, one slice after the other. */
  handOver(cursorText: string): Slice {
    const closeOut = present(this.#closeOut, "a generation that hands itself over is closed");
    // Written by a slice before it.
    const cursor = JSON.parse(cursorText) as Cursor;
    const { sql } = this.ctx.storage;
    if (cursor.stage === "start") {
      claimKept(sql, this.#state, closeOut.atMs);
      this.#state.index.writeOutAll(closeOut.atMs);
    }
    const slice = sliceAt(sql, this.#state, cursor, this.#asGeneration(), closeOut);
    this.#state.trim();
    return slice;
  }

  #asGeneration(): Generation {
    const { sequence, seal } = this.#head;
    return {
      generation: this.#generation,
      firstSequence: this.#firstSequence,
      lastSequence: sequence,
      seal,
      object: this.ctx.id.toString(),
    };
  }

  /** Told by the next generation before it takes its first write: nothing is read here from now on but what it asks for. */
  handedOver(): void {
    const closeOut = present(this.#closeOut, "a generation that hands itself over is closed");
    this.#keepCloseOut({ ...closeOut, isTakenOver: true });
    this.#wakeAt(Date.now());
  }

  /** Takes over what the generation before has, and opens. In slices, each with how far it came; an alarm goes on where this is cut off. */
  async takeOver(previous: string): Promise<"open" | "going_on"> {
    const { sql } = this.ctx.storage;
    const until = Date.now() + takeOverDeadlineMs;
    if (this.#newer) throw new Error("a newer release has written to this ledger");
    this.#wakeAt(Date.now() + outboxDelayMs);
    while (!this.#isOpen) {
      const from = this.#takeOver ?? { previous, cursor: JSON.stringify({ stage: "start" } satisfies Cursor) };
      // Written with the slice before.
      const { stage } = JSON.parse(from.cursor) as Cursor;
      if (stage === "end") {
        await this.#objectOf(previous).handedOver();
        if (this.#takeOver?.cursor === from.cursor) this.#opened();
        continue;
      }
      const slice = await this.#objectOf(previous).handOver(from.cursor);
      // Another call may have been faster.
      if ((readMeta<TakeOver>(sql, "take_over") ?? from).cursor === from.cursor && !this.#isOpen) this.#takeSlice(from, slice);
      if (Date.now() > until) return "going_on";
    }
    return "open";
  }

  #takeSlice({ previous }: TakeOver, { facts: factsText, beginning: beginningText, parts, next }: Slice): void {
    const { sql } = this.ctx.storage;
    const takeOver: TakeOver = { previous, cursor: next };
    try {
      // Both written by the generation before.
      const facts = JSON.parse(factsText ?? "[]") as Fact[];
      const beginning = beginningText === undefined ? undefined : (JSON.parse(beginningText) as Beginning);
      if (beginning !== undefined) {
        this.#head = beginning.head;
        this.#lastAtMs = beginning.atMs;
        this.#state.sequence = beginning.head.sequence;
        this.#state.firstSequence = beginning.head.sequence + 1;
      }
      const also = () => {
        if (beginning !== undefined) begin(sql, beginning);
        if (parts !== undefined) writeParts(sql, parts);
        writeMeta(sql, "take_over", takeOver);
      };
      if (facts.length === 0) this.ctx.storage.transactionSync(also);
      else this.#note(facts, Math.max(Date.now(), this.#lastAtMs), "close-out", also);
      this.#takeOver = takeOver;
      this.#state.trim();
    } catch (error) {
      this.ctx.abort(`taking over threw: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }

  /** Everything is there: the generation is the ledger from here on. */
  #opened(): void {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      showRuns(sql);
      writeMeta(sql, "carried_to", this.#head.sequence);
      sql.exec("DELETE FROM meta WHERE key = 'take_over'");
    });
    this.#load(sql);
    if (this.#nextHoldEnd !== undefined) this.#wakeAt(this.#nextHoldEnd);
  }

  /** On disk before it is in memory. */
  #keepCloseOut(closeOut: CloseOut): void {
    writeMeta(this.ctx.storage.sql, "close_out", closeOut);
    this.#closeOut = closeOut;
  }

  /** A close-out that was cut off goes on with whoever asks for the ledger, should its alarm be long in coming. */
  #goOn(): void {
    if (this.#goesOn || this.#closeOut === undefined || this.#closeOut.isNextOpen) return;
    this.#goesOn = true;
    const work = this.#advanceCloseOut(this.#closeOut).catch((error: unknown) => {
      logFor(`ledger-${this.#state.identity.number}`).error("ledger_close_out", error);
    });
    this.ctx.waitUntil(
      work.finally(() => {
        this.#goesOn = false;
      }),
    );
  }

  /** What is left to do once the generation is closed: the next is opened, then the log goes to R2, a file at a time. Returns whether there is more. */
  async #advanceCloseOut({ isNextOpen, nextObject, archivedAtMs }: CloseOut): Promise<boolean> {
    if (!isNextOpen) {
      const isOpen = (await this.#objectOf(nextObject).takeOver(this.ctx.id.toString())) === "open";
      if (isOpen) this.#keepCloseOut({ ...present(this.#closeOut, "a generation stays closed"), isNextOpen: true });
      return true;
    }
    const bucket = this.env.FILES;
    if (archivedAtMs !== null || bucket === undefined) return false;
    const { sql } = this.ctx.storage;
    const previousSeal = this.#state.earlier.generations.at(-1)?.seal;
    const fileBytes = this.#limits.archiveFileBytes;
    if (await advanceArchive(sql, bucket, this.#state.identity, this.#asGeneration(), previousSeal, fileBytes)) return true;
    this.#keepCloseOut({ ...present(this.#closeOut, "a generation stays closed"), archivedAtMs: Date.now() });
    return false;
  }

  /** The generations of the ledger, as this one, the last, knows them. */
  async generations(): Promise<string> {
    const own: GenerationView = {
      generation: this.#generation,
      firstSequence: this.#firstSequence,
      lastSequence: null,
      seal: null,
      closedAt: null,
      archive: null,
    };
    const earlier = await Promise.all(this.#state.earlier.generations.map(({ object }) => this.#objectOf(object).closed()));
    // Written by closed.
    return JSON.stringify([...earlier.map((text) => JSON.parse(text) as GenerationView), own]);
  }

  /** What is told of a generation that is closed. */
  closed(): string {
    const closeOut = present(this.#closeOut, "only a closed generation is asked");
    const { generation, firstSequence, lastSequence, seal } = this.#asGeneration();
    const { sql } = this.ctx.storage;
    const view: GenerationView = {
      generation,
      firstSequence,
      lastSequence,
      seal,
      closedAt: instant(closeOut.atMs),
      archive: {
        status: closeOut.archivedAtMs === null ? "running" : "complete",
        sequence: archivedTo(sql, firstSequence),
        folder: archiveFolder(this.#state.identity, generation),
        files: archivedFiles(sql).length,
      },
    };
    return JSON.stringify(view);
  }

  #closeOutJob({ jobId: id, atMs, archivedAtMs }: CloseOut): LedgerJob {
    const { lastSequence, seal } = this.#asGeneration();
    return {
      id,
      type: "close_out_ledger",
      status: archivedAtMs === null ? "running" : "succeeded",
      createdAt: instant(atMs),
      finishedAt: archivedAtMs === null ? null : instant(archivedAtMs),
      progress: { sequence: archivedTo(this.ctx.storage.sql, this.#firstSequence), head: lastSequence },
      result: archivedAtMs === null ? null : { ok: true, sequence: lastSequence, seal, faults: [] },
    };
  }

  /** Tells the catalogue what changed since it was last told. The log is the outbox: a cursor says how far it was read. */
  async #send(): Promise<void> {
    const queue = this.env.LEDGER_FACTS;
    if (queue === undefined) return;
    const until = Date.now() + outboxDeadlineMs;
    for (;;) {
      const batch = nextOutboxMessages(this.ctx.storage.sql, this.#state, this.#head);
      if (batch === undefined) return;
      for (const message of batch.messages) await queue.send(message);
      rememberSent(this.ctx.storage.sql, batch);
      if (Date.now() > until) return this.#wakeAt(Date.now());
    }
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

  /** Ends the object, and the call with it; the next call starts it anew. */
  restart(): void {
    this.ctx.abort("restarted to be restored");
  }

  /** Starts a check of the whole log against its seals and of the balances against the log, in slices; or names the one that runs. Of all generations. */
  startVerification(): string | Promise<string> {
    const { generations } = this.#state.earlier;
    if (generations.length === 0) return this.check();
    return this.#startWithEarlier(generations);
  }

  async #startWithEarlier(generations: readonly Generation[]): Promise<string> {
    const earlier = await Promise.all(
      generations.map(async (generation) => {
        // Written by check.
        const { id } = JSON.parse(await this.#objectOf(generation.object).check()) as Verification;
        return { generation, jobId: id };
      }),
    );
    return this.check(earlier);
  }

  /** Starts the check of this generation's own log. */
  check(earlier: readonly EarlierCheck[] = []): string {
    const verification = verificationOf(this.ctx.storage.sql, this.#state, this.#head, Date.now(), earlier);
    this.#wakeAt(Date.now());
    return JSON.stringify(verification);
  }

  /** How far the check of this generation's own log is. */
  checked(jobId: string): string | null {
    const check = ownCheck(this.ctx.storage.sql, jobId);
    return check === undefined ? null : JSON.stringify(check);
  }

  /** How far a job of this generation is. */
  verification(jobId: string): string | null | Promise<string | null> {
    if (this.#closeOut?.jobId === jobId) return JSON.stringify(this.#closeOutJob(this.#closeOut));
    const own = ownCheck(this.ctx.storage.sql, jobId);
    if (own === undefined) return null;
    return this.#joinedCheck(own);
  }

  async #joinedCheck(own: OwnCheck): Promise<string> {
    const { earlier } = own;
    if (earlier.length === 0) return JSON.stringify(shownCheck(own));
    const checks = await Promise.all(
      earlier.map(async ({ generation, jobId }) => {
        const text = await this.#objectOf(generation.object).checked(jobId);
        // Written by checked. A generation keeps its last jobs.
        return JSON.parse(present(text, "a generation knows the job that it was asked for")) as OwnCheck;
      }),
    );
    const firstSequences = [...earlier.map(({ generation }) => generation.firstSequence), this.#firstSequence];
    return JSON.stringify(joinedCheck(own, checks, firstSequences));
  }
}

/** Whether the answer can be told again from the commit alone. That to a lock names what stood open in the period when it was set. */
function isToldByLog(items: readonly Item[], facts: readonly Fact[], first: number): boolean {
  return isClaimable(items, first) && !facts.some(({ kind }) => kind === "period_locked");
}

function refusedCloseOut(reason: Failure): CloseOutOutcome {
  return { ok: false, failure: reason };
}

/** Whether a refusal is the answer to its key from now on. One that the caller was not allowed or could not have meant so leaves the key free. */
function isKept({ code }: Failure): boolean {
  const { status } = failureKinds[code];
  return status === 409 || status === 412 || status === 422;
}

function refused(reason: Failure): DescribedOutcome {
  return { outcome: "refused", failure: reason, replayed: false };
}

/** A refusal of one of many, with its pointers from the root of the request. */
function atItem(reason: Failure, items: string, index: number): Failure {
  return {
    ...reason,
    message: `${items.slice(1)}[${index}]: ${reason.message}`,
    details: (reason.details ?? [{ pointer: "", code: reason.code, message: reason.message }]).map((detail) => ({
      ...detail,
      pointer: `${items}/${index}${detail.pointer}`,
    })),
  };
}
