import { bulkTextMax } from "./bulk.ts";
import { encodeCells, FrozenTail, sumCells } from "./frozen-tail.ts";
import type { LedgerLimits } from "./limits.ts";
import { readMeta, writeMeta } from "./meta.ts";
import { lineItem, linePlace } from "./schema.ts";
import type { StoredState } from "./stored-state.ts";
import { Tail } from "./tail.ts";

/** Whether the tail has to be on its way before so many more lines come. */
export function isTailFull(state: StoredState, moreLines: number, limits: LedgerLimits): boolean {
  const lines = state.tail.lineCount + (state.frozen === undefined ? 0 : state.frozen.lines.length - state.frozen.linesWritten);
  return lines + moreLines > limits.tailLinesMax || state.tail.bytes + (state.frozen?.tail.bytes ?? 0) > limits.tailBytesMax;
}

/** Makes the tail the one that is written; a new one collects what comes. */
export function freeze(state: StoredState): void {
  if (state.frozen !== undefined || state.tail.entries.length === 0) return;
  state.frozen = new FrozenTail(state.tail, state.sequence);
  state.tail = new Tail();
}

/** Writes one slice of the frozen tail, in a transaction that also says how far it came. Returns whether it was the last. */
export function flushSlice(storage: DurableObjectStorage, state: StoredState, limits: LedgerLimits): boolean {
  const frozen = state.frozen;
  if (frozen === undefined) return true;
  const next = nextSlice(frozen, limits.sliceRowsMax);
  const done = next.end === frozen.rowCount;
  storage.transactionSync(() => {
    next.write(storage.sql);
    if (done) finish(storage.sql, state, frozen);
    else writeMeta(storage.sql, "flush", { to: frozen.toSequence, position: next.end });
  });
  frozen.position = next.end;
  if (done) state.frozen = undefined;
  return done;
}

interface Slice {
  readonly end: number;
  readonly write: (sql: SqlStorage) => void;
}

function nextSlice(frozen: FrozenTail, sliceRowsMax: number): Slice {
  const { position, lines, entries, terms } = frozen;
  if (position < lines.length) {
    const end = Math.min(position + sliceRowsMax, lines.length);
    return { end, write: (sql) => writeLines(sql, frozen, position, end) };
  }
  const entriesFrom = lines.length;
  if (position < entriesFrom + entries.length) {
    const end = Math.min(position + sliceRowsMax, entriesFrom + entries.length);
    const rows = entries.slice(position - entriesFrom, end - entriesFrom).map((entry) => `"${entry.day} ${entry.seq} ${entry.amount}"`);
    return {
      end,
      write: (sql) => insert(sql, `INSERT INTO entry_by_date ${threeNumbers}`, rows),
    };
  }
  const termsFrom = entriesFrom + entries.length;
  const end = Math.min(position + sliceRowsMax, termsFrom + terms.length);
  const rows = terms.slice(position - termsFrom, end - termsFrom).map(([hash, seq]) => `"${hash} ${seq}"`);
  // Two terms of one entry may have the same hash: one row finds it under both.
  return { end, write: (sql) => insert(sql, `INSERT OR IGNORE INTO entry_term ${twoNumbers}`, rows) };
}

// Rows as texts of numbers: splitting a text was measured at a third of the cost of taking a JSON array apart.
const twoNumbers = "SELECT CAST(value AS INTEGER), CAST(substr(value, instr(value, ' ')) AS INTEGER) FROM json_each(?)";
const threeNumbers = `SELECT CAST(value AS INTEGER), CAST(substr(value, at) AS INTEGER), CAST(substr(value, at + instr(substr(value, at), ' ')) AS INTEGER)
  FROM (SELECT value, instr(value, ' ') + 1 AS at FROM json_each(?))`;

function insert(sql: SqlStorage, statement: string, rows: readonly string[]): void {
  if (rows.length === 0) return;
  const text = `[${rows.join(",")}]`;
  if (text.length > bulkTextMax) throw new Error("assertion failed: a slice's text stays within the platform's bound");
  sql.exec(statement, text);
}

function writeLines(sql: SqlStorage, frozen: FrozenTail, start: number, end: number): void {
  const rows: string[] = [];
  for (let i = start; i < end; i++) {
    const line = frozen.lines[i];
    if (line !== undefined) rows.push(`"${linePlace(line.account, line.day)} ${lineItem(line.seq, line.no)} ${line.amount}"`);
  }
  insert(sql, `INSERT INTO line ${threeNumbers}`, rows);
  const cells: string[] = [];
  for (const [id, cell] of sumCells(frozen.lines, start, end)) cells.push(`[${id},${cell.debits},${cell.credits},${cell.lines}]`);
  insert(
    sql,
    `INSERT INTO account_month SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
     ON CONFLICT (id) DO UPDATE SET debits = debits + excluded.debits, credits = credits + excluded.credits, lines = lines + excluded.lines`,
    cells,
  );
}

/** The segment's sums, by which a balance known at an earlier sequence is found without reading the entries since. */
function finish(sql: SqlStorage, state: StoredState, frozen: FrozenTail): void {
  const flushedTo = readMeta<number>(sql, "flushed_to") ?? 0;
  const cells = sumCells(frozen.lines, 0, frozen.lines.length);
  sql.exec("INSERT INTO segment (to_seq, from_seq, cells) VALUES (?, ?, ?)", frozen.toSequence, flushedTo + 1, encodeCells(cells));
  writeMeta(sql, "flushed_to", frozen.toSequence);
  writeMeta(sql, "entry_count", state.entryCount - state.tail.entries.length);
  sql.exec("DELETE FROM meta WHERE key = 'flush'");
}
