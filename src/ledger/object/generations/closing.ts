/** The end of a generation: its last fact, what it hands to the next, and what is said of it from then on. Nothing in here awaits. */
import { present } from "../../../kernel/assert.ts";
import { instant } from "../../../kernel/clock.ts";
import { type Failure, failure } from "../../../kernel/failures.ts";
import type { LedgerJob } from "../../client.ts";
import { barredBy } from "../../domain/decide-removal.ts";
import { Overlay } from "../../domain/overlay.ts";
import type { CloseOutOutcome, CloseOutRequest, GenerationView } from "../../rpc.ts";
import { claimStored } from "../answers/idempotency.ts";
import { prepareCommit, storedActor } from "../log/journal.ts";
import { readMeta } from "../log/meta.ts";
import type { Books } from "../state/books.ts";
import type { ClosedBefore, CloseOut } from "../state/close-out.ts";
import { archivedFiles, archivedTo, archiveFolder } from "./archive.ts";
import { type Cursor, type Slice, sliceAt } from "./hand-over.ts";

/** Closes the generation: its last fact says so, and it takes no more. Asked again, it says what was said. `object`: its own id. */
export function closeOut(books: Books, request: CloseOutRequest, object: string): CloseOutOutcome {
  const { newer } = books;
  if (newer !== undefined) return refused(newer);
  if (!books.isOpen) return { ok: "not_open" };
  const before = readMeta<ClosedBefore>(books.sql, "closed_before");
  const isRepeated = request.idempotencyKey !== undefined && before?.idempotencyKey === request.idempotencyKey;
  if (isRepeated) return { ok: "repeated", jobId: before.jobId };
  const barred = books.closeOut === undefined ? barredBy(books.state, { kind: "close_out" }) : undefined;
  if (barred !== undefined) return refused(barred);
  if (books.closeOut === undefined) {
    books.expireHolds();
    books.measure();
    if (!books.isFull && !request.force)
      return refused(failure("LEDGER_NOT_FULL", "The ledger takes entries; with force it is closed out all the same."));
    close(books, request);
  }
  return { ok: true, jobId: closeOutOf(books).jobId, object, generation: books.generation };
}

function close(books: Books, { next, actor, requestId, idempotencyKey, reason }: CloseOutRequest): void {
  const atMs = books.nowMs();
  const overlay = new Overlay(books.state, atMs);
  overlay.take([{ kind: "ledger_closed", generation: books.generation, reason: reason ?? null }]);
  const commit = prepareCommit(books.head, overlay.facts, { atMs, actor: storedActor(actor, overlay.facts), requestId });
  books.close(overlay, commit, {
    jobId: crypto.randomUUID(),
    atMs,
    idempotencyKey: idempotencyKey ?? null,
    nextObject: next,
    isTakenOver: false,
    isNextOpen: false,
    archivedAtMs: null,
  });
}

/** How a closed generation's close-out stands. */
export function closeOutOf(books: Books): CloseOut {
  return present(books.closeOut, "a generation that is closed stays so");
}

/** What the next generation asks for, one slice after the other. */
export function handOver(books: Books, cursorText: string, object: string): Slice {
  const { atMs } = closeOutOf(books);
  // Written by a slice before it.
  const cursor = JSON.parse(cursorText) as Cursor;
  const { sql, state } = books;
  if (cursor.stage === "start") {
    const asOfMs = books.keysAsOfMs(atMs);
    claimStored(sql, state, asOfMs);
    state.index.writeOutAll(asOfMs);
  }
  const { keyGap } = books;
  const ending = { generation: books.asGeneration(object), closing: closeOutOf(books), ...(keyGap === undefined ? {} : { keyGap }) };
  const slice = sliceAt(sql, state, cursor, ending);
  state.trim();
  return slice;
}

/** Whether something of the close-out is left to do by itself. */
export function hasCloseOutLeft(books: Books, bucket: R2Bucket | undefined): boolean {
  const closed = books.closeOut;
  return closed !== undefined && (!closed.isNextOpen || (closed.archivedAtMs === null && bucket !== undefined));
}

/** The generation as it is listed. `closed`: whether the books continue in the next. */
export function generationView(books: Books): GenerationView {
  const { generation, sql, state, head } = books;
  const { firstSequence } = state;
  const closed = books.closeOut;
  if (closed === undefined) return { generation, firstSequence, lastSequence: null, seal: null, closedAt: null, archive: null };
  return {
    generation,
    firstSequence,
    lastSequence: head.sequence,
    seal: head.seal,
    closedAt: instant(closed.atMs),
    archive: {
      status: closed.archivedAtMs === null ? "running" : "complete",
      sequence: archivedTo(sql, firstSequence),
      folder: archiveFolder(state.identity, generation),
      files: archivedFiles(sql).length,
    },
  };
}

/** The close-out as the job that it is. */
export function closeOutJob(books: Books): LedgerJob {
  const { jobId: id, atMs, archivedAtMs } = closeOutOf(books);
  const { sequence, seal } = books.head;
  return {
    id,
    type: "close_out_ledger",
    status: archivedAtMs === null ? "running" : "succeeded",
    createdAt: instant(atMs),
    finishedAt: archivedAtMs === null ? null : instant(archivedAtMs),
    progress: { sequence: archivedTo(books.sql, books.state.firstSequence), head: sequence },
    result: archivedAtMs === null ? null : { ok: true, sequence, seal, faults: [] },
  };
}

function refused(reason: Failure): CloseOutOutcome {
  return { ok: false, failure: reason };
}
