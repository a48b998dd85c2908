import { DurableObject } from "cloudflare:workers";
import { present } from "../../kernel/assert.ts";
import { bulkBytesMin } from "../../kernel/bounds.ts";
import { type Failure, failure, failureKinds } from "../../kernel/failures.ts";
import type { Actor } from "../../kernel/role.ts";
import { logFor } from "../../platform/log.ts";
import type { LedgerFactsMessage } from "../../platform/messages.ts";
import { afterShort, noteShort } from "../../platform/short-first.ts";
import { type DecodedCommands, decodeCommands, type EncodedCommands, sizeOf } from "../command-columns.ts";
import { decide } from "../domain/decide.ts";
import { type Fact, isKnownFact, type LedgerOpened } from "../domain/fact.ts";
import { Overlay } from "../domain/state.ts";
import type { Head, LedgerIdentity, Query, ReadOutcome, WriteOptions, WriteOutcome } from "../rpc.ts";
import { describe, type Item, storable } from "./describe.ts";
import { areTablesTold, isOneRow, markTables, writeEagerTables } from "./eager-tables.ts";
import { EntryIndex } from "./entry-index.ts";
import {
  bucketMs,
  filledBuckets,
  findAnswer,
  findClaimed,
  isClaimable,
  keepAnswer,
  purgeAnswers,
  type StoredAnswer,
} from "./idempotency.ts";
import { append, type CommitContext, type PreparedCommit, prepareCommit, readHead } from "./journal.ts";
import { type LedgerLimits, type LimitVariables, limitsOf } from "./limits.ts";
import { nextOutboxMessages, rememberSent } from "./outbox.ts";
import { answerQuery } from "./queries.ts";
import { migrate } from "./schema.ts";
import { StoredState } from "./stored-state.ts";
import { advanceVerification, type Verification, verificationOf } from "./verification.ts";

/** How soon the catalogue is told of an account that has changed. */
const outboxDelayMs = 5_000;
/** How often it is told the head when nothing else has changed. */
const headDelayMs = 24 * 60 * 60 * 1000;
/** What the alarm may spend on messages before it comes back later. */
const outboxDeadlineMs = 10_000;

type Env = LimitVariables & { readonly LEDGER_FACTS?: Queue<LedgerFactsMessage> };
type WriteOrUnopened = WriteOutcome | { readonly outcome: "not_open" };
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
    const opening = sql.exec<{ body: string }>("SELECT body FROM journal WHERE seq = 1").toArray()[0];
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
    const identity = JSON.parse(opening.body) as LedgerOpened;
    this.#state = this.#stateOf({
      number: identity.number,
      ledgerId: identity.ledgerId,
      siteId: identity.siteId,
      entityId: identity.entityId,
      currency: identity.currency,
      scale: identity.scale,
    });
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
    return this.#head.sequence > 0;
  }

  /** Opens the ledger: its first fact says what it is. Opening it again as the same changes nothing. */
  open(identity: LedgerIdentity): void {
    if (this.#newer || this.#isOpen) return;
    this.#state.index.load();
    markTables(this.ctx.storage.sql);
    this.#record({ kind: "ledger_opened", ...identity } satisfies LedgerOpened, Date.now(), "open");
  }

  /** Commits what the ledger itself notes. */
  #record(fact: Fact, atMs: number, requestId: string): void {
    const overlay = new Overlay(this.#state, atMs);
    overlay.take([fact]);
    this.#commit(overlay, prepareCommit(this.#head, overlay.facts, { atMs, actor: itself, requestId }), undefined);
  }

  /**
   * Notes the holds whose end has come, before anything else is read or decided: an expiry is a fact like any other,
   * and no figure depends on the clock but through it. At most so many a turn; the rest follow in the next fact.
   */
  #expireHolds(): void {
    const nextAtMs = this.#nextHoldEnd;
    const atMs = Math.max(Date.now(), this.#lastAtMs);
    if (nextAtMs === undefined || nextAtMs > atMs) return;
    for (let due = this.#state.dueHolds(atMs, expiredAtOnce); due.length > 0; due = this.#state.dueHolds(atMs, expiredAtOnce))
      this.#record({ kind: "holds_expired", holds: due }, atMs, "expiry");
    this.#nextHoldEnd = this.#state.nextHoldEnd();
  }

  /** Commits the commands in order; many of them after short calls that wait. */
  write(
    encodedCommands: EncodedCommands,
    options: WriteOptions & { readonly fingerprint?: string },
  ): WriteOrUnopened | Promise<WriteOrUnopened> {
    if (sizeOf(encodedCommands) >= bulkBytesMin) return afterShort(() => this.#writeNow(encodedCommands, options));
    noteShort();
    return this.#writeNow(encodedCommands, options);
  }

  /** Nothing in here awaits: what one call reads, no other call can change before it has written. */
  #writeNow(encodedCommands: EncodedCommands, options: WriteOptions & { readonly fingerprint?: string }): WriteOrUnopened {
    try {
      if (this.#newer) return refused(failure("LEDGER_NEWER", "A newer release has written to this ledger."));
      if (!this.#isOpen) return { outcome: "not_open" };
      this.#expireHolds();
      const outcome = this.#write(decodeCommands(encodedCommands), options);
      this.#state.trim();
      return outcome;
    } catch (error) {
      // Memory may have run ahead of the disk: it goes, and the next call finds what was committed.
      this.ctx.abort(`a write threw: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }

  #write(commands: DecodedCommands, options: WriteOptions & { readonly fingerprint?: string }): WriteOutcome {
    const atMs = Math.max(Date.now(), this.#lastAtMs);
    const sql = this.ctx.storage.sql;
    const key = options.dryRun ? undefined : options.idempotencyKey;
    const fingerprint = options.fingerprint ?? "";
    if (key !== undefined) {
      const stored = findClaimed(sql, this.#state.index, key, atMs) ?? findAnswer(sql, this.#filledBuckets, key, atMs);
      if (stored !== undefined) {
        if (stored.fingerprint !== fingerprint)
          return refused(
            failure(
              "IDEMPOTENCY_KEY_REUSED",
              "The idempotency key was used for another request: for other content, another mode, or another preference for the answer.",
            ),
          );
        if (stored.failure !== undefined) return { outcome: "refused", failure: stored.failure, replayed: true };
        const originally = stored.firstSequence === undefined ? "existing" : "written";
        return { outcome: "replayed", originally, body: stored.body ?? describe(sql, this.#state, stored) };
      }
    }
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
        body: describe(sql, this.#state, { items, answer: options.answer, overlay, context, head: this.#head }),
      };
    if (overlay.facts.length === 0) {
      const body = describe(sql, this.#state, { items, answer: options.answer, head: this.#head });
      if (key !== undefined)
        this.ctx.storage.transactionSync(() =>
          this.#keep(key, atMs, { ...storable(items, options.answer, this.#head), fingerprint, body }),
        );
      return { outcome: "existing", body };
    }
    const first = overlay.firstSequence;
    const claim = key !== undefined && isClaimable(items, first) ? { key, fingerprint, answer, first } : undefined;
    const commit = prepareCommit(this.#head, overlay.facts, claim === undefined ? context : { ...context, claim });
    const { head } = commit;
    const body = describe(sql, this.#state, { items, answer, overlay, context, head });
    const isKeptApart = key !== undefined && claim === undefined;
    this.#commit(
      overlay,
      commit,
      isKeptApart ? () => this.#keep(key, atMs, { ...storable(items, answer, head, first), fingerprint, body }) : undefined,
    );
    return { outcome: "written", body };
  }

  #refuse(reason: Failure, key: string | undefined, fingerprint: string, atMs: number, options: WriteOptions): WriteOutcome {
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
  read(query: Query): ReadOutcome | { readonly ok: "not_open" } {
    noteShort();
    if (this.#newer) return { ok: false, failure: failure("LEDGER_NEWER", "A newer release has written to this ledger.") };
    if (!this.#isOpen) return { ok: "not_open" };
    this.#expireHolds();
    const answer = answerQuery(this.ctx.storage.sql, this.#state, this.#head, query);
    this.#state.trim();
    return answer;
  }

  /** Sets the one alarm, never later than it stands. Nobody else calls setAlarm. */
  #wakeAt(atMs: number): void {
    if (this.#alarmAtMs !== undefined && this.#alarmAtMs <= atMs) return;
    this.#alarmAtMs = atMs;
    this.ctx.storage.setAlarm(atMs);
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = undefined;
    if (this.#newer || !this.#isOpen) return;
    let again: number | undefined;
    try {
      this.#expireHolds();
      if (this.#nextHoldEnd !== undefined) again = this.#nextHoldEnd;
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

  /** Starts a check of the whole log against its seals and of the balances against the log, in slices; or names the one that runs. */
  startVerification(): string {
    const verification = verificationOf(this.ctx.storage.sql, undefined, this.#head, Date.now());
    this.#wakeAt(Date.now());
    return JSON.stringify(verification);
  }

  verification(jobId: string): string | null {
    const verification: Verification | undefined = verificationOf(this.ctx.storage.sql, jobId, this.#head, Date.now());
    return verification === undefined ? null : JSON.stringify(verification);
  }
}

/** Whether a refusal is the answer to its key from now on. One that the caller was not allowed or could not have meant so leaves the key free. */
function isKept({ code }: Failure): boolean {
  const { status } = failureKinds[code];
  return status === 409 || status === 412 || status === 422;
}

function refused(reason: Failure): WriteOutcome {
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
