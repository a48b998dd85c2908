import { present } from "../../../kernel/assert.ts";
import { type Failure, failure, failureKinds } from "../../../kernel/failures.ts";
import type { DecodedCommands } from "../../command-columns.ts";
import type { Command } from "../../domain/command.ts";
import { decide } from "../../domain/decide.ts";
import { barredBy } from "../../domain/decide-removal.ts";
import type { Fact } from "../../domain/fact.ts";
import { Overlay } from "../../domain/overlay.ts";
import type { DescribedOutcome, WriteOptions } from "../../rpc.ts";
import { type CommitContext, prepareCommit, storedActor } from "../log/journal.ts";
import type { Books } from "../state/books.ts";
import type { StoredState } from "../state/stored-state.ts";
import { describe, type Item, storable } from "./describe.ts";
import { type ClaimAsked, findClaimed, isClaimable, type StoredAnswers } from "./idempotency.ts";

/** How the client of the ledger asks for a write. */
export type AskedWrite = WriteOptions & { readonly fingerprint?: string };

/** Decides the commands in order, commits what was decided, and describes it. Nothing in here awaits. */
export function writeCommands(books: Books, answers: StoredAnswers, commands: DecodedCommands, options: AskedWrite): DescribedOutcome {
  const atMs = books.nowMs();
  const { sql, state } = books;
  const { actor, requestId, answer, dryRun, mode } = options;
  const barred = barredFrom(state, commands);
  // What was answered before stays answered as long as the books may still come to something.
  if (barred?.code === "LEDGER_RETIRED") return refused(barred);
  const key = dryRun ? undefined : options.idempotencyKey;
  const fingerprint = options.fingerprint ?? "";
  const gap = key === undefined ? undefined : books.keyGapAt(atMs);
  const claimed = { fingerprint, nowMs: atMs, keptFromMs: gap?.fromMs };
  const under = (asked: string) => replay(books, answers, { key: asked, ...claimed });
  const replayed = key === undefined ? undefined : (under(key) ?? repeated(options.formerKey, under));
  if (replayed !== undefined) return replayed;
  if (barred !== undefined) return refused(barred);
  if (books.isFull && !isTakenWhenFull(commands))
    return refused(failure("LEDGER_FULL", "The ledger has reached the size up to which it takes entries."));
  if (!dryRun) books.makeRoom(commands.lineCount, atMs);
  const at = { nowMs: atMs, gap };
  const overlay = new Overlay(state, atMs);
  const items: Item[] = [];
  for (let i = 0; i < commands.length; i++) {
    const command = present(commands.at(i), "a list has as many commands as it says");
    const decision = decide(overlay, command, actor);
    if (!decision.ok) {
      const reason = answer === "one" ? decision.failure : atItem(decision.failure, options.itemsPointer ?? "/entries", i);
      if (mode === "atomic") {
        if (key !== undefined && isStored(reason))
          answers.store(key, at, { ...storable([], answer, books.head), fingerprint, body: undefined, failure: reason });
        return refused(reason);
      }
      items.push({ failure: reason });
    } else if (decision.value.existing !== undefined) {
      items.push({ existing: decision.value.existing });
    } else {
      items.push({ first: overlay.sequence + 1, count: decision.value.facts.length });
      overlay.take(decision.value.facts);
    }
  }
  const context: CommitContext = { atMs, actor: storedActor(actor, overlay.facts), requestId };
  if (dryRun) return { outcome: "dry_run", ...describe(sql, state, { items, answer, overlay, context, head: books.head }) };
  if (overlay.facts.length === 0) {
    const described = describe(sql, state, { items, answer, head: books.head });
    if (key !== undefined) answers.store(key, at, { ...storable(items, answer, books.head), fingerprint, body: described.body });
    return { outcome: "existing", ...described };
  }
  const first = overlay.firstSequence;
  const claim = key !== undefined && isInLog(items, overlay.facts, first) ? { key, fingerprint, answer, first } : undefined;
  const commit = prepareCommit(books.head, overlay.facts, claim === undefined ? context : { ...context, claim });
  const { head } = commit;
  const described = describe(sql, state, { items, answer, overlay, context, head });
  const isStoredApart = key !== undefined && claim === undefined;
  books.commit(
    overlay,
    commit,
    isStoredApart
      ? () => answers.storeWithin(key, at, { ...storable(items, answer, head, first), fingerprint, body: described.body })
      : undefined,
  );
  return { outcome: "written", ...described };
}

/** What a full ledger takes all the same: what the entity's ledgers share, which holds for what is settled or read there too, and what decides about its removal. */
const takenWhenFull: ReadonlySet<Command["kind"]> = new Set(["set_shared_record", "freeze_ledger", "thaw_ledger", "retire_ledger"]);

/** By the first command: the edge sends such a one alone. */
function isTakenWhenFull(commands: DecodedCommands): boolean {
  const first = commands.at(0);
  return first !== undefined && takenWhenFull.has(first.kind);
}

/** Why nothing of the write is taken: the refusal of all of it at once, whichever mode it has. By the first command: what is taken all the same is sent alone. */
function barredFrom(state: StoredState, commands: DecodedCommands): Failure | undefined {
  if (state.standing.status === "open") return undefined;
  const first = commands.at(0);
  return first === undefined ? undefined : barredBy(state, first);
}

/** The first answer to a key, or why it is refused; undefined where the key is new. */
export function replay({ sql, state }: Books, answers: StoredAnswers, asked: ClaimAsked): DescribedOutcome | undefined {
  const { fingerprint } = asked;
  const stored = findClaimed(sql, state, asked) ?? answers.find(asked);
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
  return { outcome: "replayed", originally, ...describe(sql, state, stored) };
}

/** What was answered under a former key; nothing where that was to another request, which is not in the way. */
function repeated(formerKey: string | undefined, under: (key: string) => DescribedOutcome | undefined): DescribedOutcome | undefined {
  const former = formerKey === undefined ? undefined : under(formerKey);
  return former?.outcome === "refused" && !former.replayed ? undefined : former;
}

/** Whether the answer follows from the commit alone. That to a lock names what was open in the period when it was set, that to the shared record what is held. */
function isInLog(items: readonly Item[], facts: readonly Fact[], first: number): boolean {
  return isClaimable(items, first) && !facts.some(({ kind }) => kind === "period_locked" || kind === "shared_record_set");
}

/** Whether a refusal is the answer to its key from now on. One that the caller was not allowed or could not have meant so leaves the key free. */
function isStored({ code }: Failure): boolean {
  const { status } = failureKinds[code];
  return status === 409 || status === 412 || status === 422;
}

export function refused(reason: Failure): DescribedOutcome {
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
