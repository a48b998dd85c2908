import { type Failure, failure } from "../../../kernel/failures.ts";
import type { Actor } from "../../../kernel/role.ts";
import { identityOf } from "../../domain/apply.ts";
import { type Fact, isKnownFact, type LedgerContinued, type LedgerOpened } from "../../domain/fact.ts";
import { Overlay } from "../../domain/overlay.ts";
import type { Head, LedgerIdentity } from "../../rpc.ts";
import { append, type PreparedCommit, prepareCommit, readHead } from "../log/journal.ts";
import { readMeta, writeMeta } from "../log/meta.ts";
import { migrate } from "../log/schema.ts";
import type { CloseOut, TakeOver } from "./close-out.ts";
import { areTablesBuilt, isOneRow, markTables, writeEagerTables } from "./eager-tables.ts";
import { Earlier, type Generation, NeedsEarlier } from "./earlier.ts";
import { EntryIndex } from "./entry-index.ts";
import { gapBetween, type KeyGap, keysAsOfMs } from "./key-life.ts";
import type { LedgerLimits } from "./ledger-limits.ts";
import { StoredState } from "./stored-state.ts";

/** Who acts where the ledger records something by itself. */
const itself: Actor = { kind: "service", id: "countinghouse", role: "OWNER" };
/** Holds in one fact: their numbers stay far below what a row holds. */
const expiredAtOnce = 1_000;
const unopened: LedgerIdentity = { number: 0, ledgerId: "", siteId: "", entityId: "", currency: "", scale: 0 };

/** Whom the books are stored by. */
export interface Keeper {
  /** Ends the object: the next call starts from the disk. */
  readonly end: (reason: string) => void;
  /** After each commit: what may be due by it. */
  readonly committed: (overlay: Overlay) => void;
}

/**
 * The books of one generation: what is in memory of them, and the one way to commit. Nothing in here awaits: what one call reads,
 * no other call can change before it has written.
 */
export class Books {
  readonly sql: SqlStorage;
  readonly storage: DurableObjectStorage;
  readonly limits: LedgerLimits;
  readonly #keeper: Keeper;
  #state: StoredState;
  #head: Head;
  #isNewer = false;
  #isFull = false;
  #lastAtMs = 0;
  #generation = 0;
  #nextHoldEndMs: number | undefined;
  #closeOut: CloseOut | undefined;
  #takeOver: TakeOver | undefined;
  #keyGap: KeyGap | undefined;

  constructor(storage: DurableObjectStorage, limits: LedgerLimits, keeper: Keeper) {
    this.storage = storage;
    this.sql = storage.sql;
    this.limits = limits;
    this.#keeper = keeper;
    // Without it REPLACE would pass the triggers that protect the journal.
    this.sql.exec("PRAGMA recursive_triggers = on");
    this.#isNewer = !migrate(storage);
    this.#head = this.#isNewer ? { sequence: 0, seal: "" } : readHead(this.sql);
    this.#state = this.#stateOf(unopened);
    if (!this.#isNewer) this.load();
  }

  /** Finds what is on disk. */
  load(): void {
    const { sql } = this;
    this.#takeOver = readMeta<TakeOver>(sql, "take_over");
    this.#keyGap = readMeta<KeyGap>(sql, "key_gap");
    const opening = sql.exec<{ body: string }>("SELECT body FROM journal ORDER BY seq LIMIT 1").toArray()[0];
    if (opening === undefined) return;
    const last = sql
      .exec<{ version: number; kind: string; context: string }>(
        "SELECT version, body ->> '$.kind' AS kind, context FROM journal ORDER BY seq DESC LIMIT 1",
      )
      .one();
    // The last fact says whether a newer release has written here: versions only grow.
    this.#isNewer = !isKnownFact(last.kind, last.version);
    if (this.#isNewer) return;
    this.#lastAtMs = Date.parse((JSON.parse(last.context) as { at: string }).at);
    // The first fact of every log is one of the two.
    const first = JSON.parse(opening.body) as LedgerOpened | LedgerContinued;
    this.#generation = first.kind === "ledger_continued" ? first.generation : 0;
    this.#closeOut = last.kind === "ledger_closed" ? readMeta<CloseOut>(sql, "close_out") : undefined;
    this.#state = this.#stateOf(identityOf(first));
    this.#state.earlier = new Earlier(readMeta<readonly Generation[]>(sql, "generations") ?? []);
    if (!areTablesBuilt(sql)) this.#rebuildTables();
    this.#state.load();
    this.#state.index.load();
    this.#state.replay(this.#head.sequence);
    this.#nextHoldEndMs = this.#state.unposted.nextHoldEnd();
    this.measure();
  }

  /** All in one transaction: tables that are rebuilt in part are no tables. */
  #rebuildTables(): void {
    const { identity } = this.#state;
    this.storage.transactionSync(() => this.#stateOf(identity).rebuildTables());
  }

  #stateOf(identity: LedgerIdentity): StoredState {
    return new StoredState(this.sql, new EntryIndex(this.storage, this.limits), identity);
  }

  get state(): StoredState {
    return this.#state;
  }

  get head(): Head {
    return this.#head;
  }

  /** Counted from 0. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether this generation has all that it begins with. */
  get isOpen(): boolean {
    return this.#head.sequence > 0 && this.#takeOver === undefined;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Set where the books continue in the next generation. */
  get closeOut(): CloseOut | undefined {
    return this.#closeOut;
  }

  /** Set where this generation has not taken everything over yet. */
  get takeOver(): TakeOver | undefined {
    return this.#takeOver;
  }

  /** When the next hold expires. In a generation that is closed they are the next one's, and in a ledger that is retired nobody's. */
  get nextHoldEndMs(): number | undefined {
    return this.#closeOut === undefined && !this.isRetired ? this.#nextHoldEndMs : undefined;
  }

  /** Whether the ledger takes nothing any more, and does nothing by itself. */
  get isRetired(): boolean {
    return this.#state.standing.status === "retired";
  }

  /** Set where a newer release has written: this one reads and writes nothing. */
  get newer(): Failure | undefined {
    return this.#isNewer ? failure("LEDGER_NEWER", "A newer release has written to this ledger.") : undefined;
  }

  /** The time of a commit that is made now: it never goes back. */
  nowMs(): number {
    return Math.max(Date.now(), this.#lastAtMs);
  }

  /** The gap after which keys live on at an instant, the one that a commit at this instant would end included. */
  keyGapAt(atMs: number): KeyGap | undefined {
    const stored = this.#keyGap;
    return gapBetween(this.#lastAtMs, atMs) ?? (stored !== undefined && atMs < stored.untilMs ? stored : undefined);
  }

  /** The last gap between two commits, of which the next generation has to know; undefined where there was none. */
  get keyGap(): KeyGap | undefined {
    return this.#keyGap;
  }

  /** The instant as of which keys of the index are looked up. */
  keysAsOfMs(atMs: number): number {
    return keysAsOfMs(atMs, this.keyGapAt(atMs)?.fromMs);
  }

  /** This generation as the next will know it. */
  asGeneration(object: string): Generation {
    const { sequence, seal } = this.#head;
    return { generation: this.#generation, firstSequence: this.#state.firstSequence, lastSequence: sequence, seal, object };
  }

  /** Opens the ledger: its first fact says what it is. Opening it again as the same changes nothing. */
  open(identity: LedgerIdentity): void {
    if (this.#isNewer || this.isOpen || this.#takeOver !== undefined) return;
    this.#state.index.load();
    markTables(this.sql);
    this.record([{ kind: "ledger_opened", ...identity }], Date.now(), "open");
  }

  /** Commits what the ledger records by itself, with whatever `also` writes. */
  record(facts: readonly Fact[], atMs: number, requestId: string, also?: () => void): void {
    const overlay = new Overlay(this.#state, atMs);
    overlay.take(facts);
    this.commit(overlay, prepareCommit(this.#head, overlay.facts, { atMs, actor: itself, requestId }), also);
  }

  /**
   * Records the holds whose end has come, before anything else is read or decided: an expiry is a fact like any other,
   * and no figure depends on the clock but through it. Some at a time; the rest follow in the next fact.
   */
  expireHolds(): void {
    const nextAtMs = this.nextHoldEndMs;
    const atMs = this.nowMs();
    if (nextAtMs === undefined || nextAtMs > atMs) return;
    let first: number | undefined;
    for (
      let due = this.#state.unposted.dueHolds(atMs, expiredAtOnce);
      due.length > 0;
      due = this.#state.unposted.dueHolds(atMs, expiredAtOnce)
    ) {
      if (due[0] === first) throw new Error(`assertion failed: hold ${first} has expired and is not due again`);
      first = due[0];
      this.record([{ kind: "holds_expired", holds: due }], atMs, "expiry");
    }
    this.#nextHoldEndMs = this.#state.unposted.nextHoldEnd();
  }

  /** Appends the overlay's facts in one transaction with whatever `also` writes, and only then lets memory have them. */
  commit(overlay: Overlay, commit: PreparedCommit, also: (() => void) | undefined): void {
    const { sql } = this;
    const { context } = commit;
    const gap = gapBetween(this.#lastAtMs, context.atMs);
    // A single row is atomic as the statement that it is: a transaction around it was measured at a twentieth of a post.
    if (also === undefined && gap === undefined && isOneRow(overlay.facts)) append(sql, commit);
    else {
      this.storage.transactionSync(() => {
        append(sql, commit);
        writeEagerTables(sql, overlay);
        if (gap !== undefined) writeMeta(sql, "key_gap", gap);
        also?.();
      });
    }
    if (gap !== undefined) this.#keyGap = gap;
    this.#state.merge(overlay, commit.sealed.lengths, context.claim);
    this.#head = commit.head;
    this.#lastAtMs = context.atMs;
    if (overlay.holds.size > 0) this.#nextHoldEndMs = this.#state.unposted.nextHoldEnd();
    this.#keeper.committed(overlay);
  }

  /** Does a write's part of the work on the index, before more comes. */
  makeRoom(lines: number, atMs: number): void {
    if (this.#state.index.makeRoom(lines, this.keysAsOfMs(atMs))) this.measure();
  }

  /** Looks whether the ledger is full. */
  measure(): void {
    this.#isFull = this.sql.databaseSize > this.limits.ledgerBytesMax;
  }

  /** On disk before it is in memory. */
  storeCloseOut(closeOut: CloseOut): void {
    writeMeta(this.sql, "close_out", closeOut);
    this.#closeOut = closeOut;
  }

  /** This generation's last fact, with how its close-out stands. */
  close(overlay: Overlay, commit: PreparedCommit, closeOut: CloseOut): void {
    this.commit(overlay, commit, () => writeMeta(this.sql, "close_out", closeOut));
    this.#closeOut = closeOut;
  }

  /** The generation begins where the one before ended. Before its first fact. */
  beginAfter(head: Head, atMs: number): void {
    this.#head = head;
    this.#lastAtMs = atMs;
    this.#state.sequence = head.sequence;
    this.#state.firstSequence = head.sequence + 1;
  }

  /** What was taken over is on disk, up to there. */
  tookOver(takeOver: TakeOver): void {
    this.#takeOver = takeOver;
  }

  /** Does work that writes. A throw ends the object: memory may have run ahead of the disk, and the next call finds what was committed. */
  orEnd<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      // Nothing was written: it is done again with what is fetched.
      if (error instanceof NeedsEarlier) throw error;
      this.#keeper.end(`${what} threw: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }
}
