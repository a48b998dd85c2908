/** The beginning of a generation: what it is handed over, slice by slice. Nothing in here awaits. */
import type { Fact } from "../../domain/fact.ts";
import { readMeta, writeMeta } from "../log/meta.ts";
import { childCountStatements } from "../log/schema.ts";
import type { Books } from "../state/books.ts";
import type { TakeOver } from "../state/close-out.ts";
import { markTables } from "../state/eager-tables.ts";
import { type Beginning, type Cursor, type Slice, showRuns, writeParts } from "./hand-over.ts";

/** Where the take-over has come to; at its start where nothing has been taken over yet. */
export function takeOverOf(books: Books, previous: string): TakeOver {
  return books.takeOver ?? { previous, cursor: JSON.stringify({ stage: "start" } satisfies Cursor) };
}

/** Whether the take-over is still where it was: another call may have been faster. */
export function isStillAt(books: Books, { previous, cursor }: TakeOver): boolean {
  return !books.isOpen && (readMeta<TakeOver>(books.sql, "take_over") ?? takeOverOf(books, previous)).cursor === cursor;
}

export function takeSlice(books: Books, { previous }: TakeOver, { facts: factsText, beginning: beginningText, parts, next }: Slice): void {
  const { sql } = books;
  const takeOver: TakeOver = { previous, cursor: next };
  // Both written by the generation before.
  const facts = JSON.parse(factsText ?? "[]") as Fact[];
  const beginning = beginningText === undefined ? undefined : (JSON.parse(beginningText) as Beginning);
  if (beginning !== undefined) books.beginAfter(beginning.head, beginning.atMs);
  const also = () => {
    if (beginning !== undefined) begin(sql, beginning);
    if (parts !== undefined) writeParts(sql, parts);
    writeMeta(sql, "take_over", takeOver);
  };
  if (facts.length === 0) books.storage.transactionSync(also);
  else books.record(facts, books.nowMs(), "close-out", also);
  books.tookOver(takeOver);
  books.state.trim();
}

/** Writes what a generation knows of those before it. In the transaction of its first fact. */
function begin(sql: SqlStorage, { generations, head, termKey, lastRun, closing, keyGap }: Beginning): void {
  markTables(sql);
  writeMeta(sql, "generations", generations);
  writeMeta(sql, "term_key", termKey);
  writeMeta(sql, "last_run", lastRun);
  writeMeta(sql, "closed_before", closing);
  // One that ends with the first commit here is the later of the two.
  if (keyGap !== undefined && readMeta(sql, "key_gap") === undefined) writeMeta(sql, "key_gap", keyGap);
  // The catalogue was sent them, or still is, by the generation that changed them.
  writeMeta(sql, "outbox_accounts", head.sequence);
}

/** Everything is there: the generation is the ledger from here on. */
export function openTakenOver(books: Books): void {
  const { sql } = books;
  books.storage.transactionSync(() => {
    showRuns(sql);
    // The generation before may be of a build that counts none.
    for (const statement of childCountStatements()) sql.exec(statement);
    writeMeta(sql, "carried_to", books.head.sequence);
    sql.exec("DELETE FROM meta WHERE key = 'take_over'");
  });
  books.load();
}
