import { type Columns, decodeColumns } from "./columns.ts";
import { type Chunk, lowerBoundIn, type SortedSource } from "./sorted-source.ts";
import { TermFilter } from "./term-filter.ts";

/** `building`: blocks are being written. `ready`: it answers. `covered`: a greater run has its records too. `over`: it only waits for its blocks to be deleted. `arriving`: an earlier generation hands it over. */
type RunState = "building" | "ready" | "covered" | "over" | "arriving";

export interface RunRow {
  readonly id: number;
  readonly kind: string;
  readonly level: number;
  readonly fromSequence: number;
  readonly toSequence: number;
  readonly state: RunState;
  readonly records: number;
  /** Records in every block but the last. */
  readonly blockRecords: number;
}

/** A run has at most so many blocks: their ids follow one another from the run's id times this. */
const blocksPerRun = 2 ** 21;

export function blockId(run: number, no: number): number {
  return run * blocksPerRun + no;
}

type StoredRow = {
  id: number;
  kind: string;
  level: number;
  from_seq: number;
  to_seq: number;
  state: string;
  records: number;
  block_records: number;
};

const runColumns = "id, kind, level, from_seq, to_seq, state, records, block_records";

export function readRuns(sql: SqlStorage): RunRow[] {
  return sql
    .exec<StoredRow>(`SELECT ${runColumns} FROM run ORDER BY from_seq, id`)
    .toArray()
    .map((row) => ({
      id: row.id,
      kind: row.kind,
      level: row.level,
      fromSequence: row.from_seq,
      toSequence: row.to_seq,
      // Written by this release's own statements.
      state: row.state as RunState,
      records: row.records,
      blockRecords: row.block_records,
    }));
}

/** Decoded blocks in memory of all runs of a ledger together: about 2 MB. */
const blocksInMemoryMax = 96;

/** Blocks of runs, decoded. */
interface Blocks {
  get(sql: SqlStorage, id: number): Columns;
}

/** The block that was asked for last, in the memory of the one before. */
export class OneBlock implements Blocks {
  #id = -1;
  #columns: Columns = [];

  get(sql: SqlStorage, id: number): Columns {
    if (id === this.#id) return this.#columns;
    this.#columns = readBlock(sql, id, this.#columns);
    this.#id = id;
    return this.#columns;
  }
}

/** The blocks that were asked for last. */
export class BlockCache implements Blocks {
  readonly #blocks = new Map<number, Columns>();

  get(sql: SqlStorage, id: number): Columns {
    const known = this.#blocks.get(id);
    if (known !== undefined) {
      this.#blocks.delete(id);
      this.#blocks.set(id, known);
      return known;
    }
    const columns = readBlock(sql, id);
    if (this.#blocks.size >= blocksInMemoryMax) for (const oldest of this.#blocks.keys()) if (this.#blocks.delete(oldest)) break;
    this.#blocks.set(id, columns);
    return columns;
  }
}

/** `spare`: columns that are not needed any more, see `decodeColumns`. */
export function readBlock(sql: SqlStorage, id: number, spare?: Columns): Columns {
  return decodeColumns(sql.exec<{ records: ArrayBuffer }>("SELECT records FROM block WHERE id = ?", id).one().records, spare);
}

/** A run on disk. What finds a record in it, the first key of each block, is loaded when it is first asked. */
export class StoredRun implements SortedSource {
  readonly row: RunRow;
  readonly #sql: SqlStorage;
  readonly #blocks: Blocks;
  #fences: Columns | undefined;
  #filter: TermFilter | undefined;

  constructor(sql: SqlStorage, blocks: Blocks, row: RunRow) {
    this.#sql = sql;
    this.#blocks = blocks;
    this.row = row;
  }

  get length(): number {
    return this.row.records;
  }

  get fromSequence(): number {
    return this.row.fromSequence;
  }

  get toSequence(): number {
    return this.row.toSequence;
  }

  lowerBound(a: number, b: number): number {
    const { records, blockRecords } = this.row;
    this.#fences ??= this.#readFences();
    const blocks = Math.ceil(records / blockRecords);
    const after = lowerBoundIn(this.#fences, 0, blocks, a, b);
    if (after === 0) return 0;
    const start = (after - 1) * blockRecords;
    const end = Math.min(start + blockRecords, records);
    return start + lowerBoundIn(this.#block(after - 1), 0, end - start, a, b);
  }

  chunkAt(position: number): Chunk {
    const { records, blockRecords } = this.row;
    const no = Math.floor(position / blockRecords);
    return { columns: this.#block(no), start: no * blockRecords, end: Math.min((no + 1) * blockRecords, records) };
  }

  /** Of a run of hashes. */
  get filter(): TermFilter {
    this.#filter ??= readFilter(this.#sql, this.row.id);
    return this.#filter;
  }

  #block(no: number): Columns {
    return this.#blocks.get(this.#sql, blockId(this.row.id, no));
  }

  #readFences(): Columns {
    const { fences } = this.#sql.exec<{ fences: ArrayBuffer }>("SELECT fences FROM run WHERE id = ?", this.row.id).one();
    return decodeColumns(fences);
  }
}

/** A row of the platform holds 2 MB. */
const filterBytesPerRow = 1024 * 1024;

export function writeFilter(sql: SqlStorage, run: number, filter: TermFilter): void {
  const bytes = filter.words.buffer as ArrayBuffer;
  for (let part = 0; part * filterBytesPerRow < bytes.byteLength; part++) {
    const bits = bytes.slice(part * filterBytesPerRow, (part + 1) * filterBytesPerRow);
    sql.exec("INSERT INTO term_filter (run, part, bits) VALUES (?, ?, ?)", run, part, bits);
  }
}

function readFilter(sql: SqlStorage, run: number): TermFilter {
  const parts = sql.exec<{ bits: ArrayBuffer }>("SELECT bits FROM term_filter WHERE run = ? ORDER BY part", run).toArray();
  const bytes = new Uint8Array(parts.reduce((sum, { bits }) => sum + bits.byteLength, 0));
  let offset = 0;
  for (const { bits } of parts) {
    bytes.set(new Uint8Array(bits), offset);
    offset += bits.byteLength;
  }
  return new TermFilter(new Uint32Array(bytes.buffer));
}
