/**
 * Records as columns of equal length. All values are integers of at most 53 bits, so that a column is one Float64Array,
 * and a million records are a handful of objects.
 */
export type Columns = readonly Float64Array[];

/** Bytes a value takes in a stored column; 0 where all of it are the same, 8 for values as they are. */
type Width = 0 | 1 | 2 | 4 | 8;

/** The columns' lengths and widths stand before them, 8 bytes each: everything after stays aligned. */
const headWords = 2;
const wordsPerColumn = 2;

/**
 * Records `from` to `to` as bytes: each column as differences to its least value, in the fewest bytes that hold the greatest.
 * Neighbours in an order are alike, so that this takes a third of the plain values.
 */
export function encodeColumns(columns: Columns, from: number, to: number): ArrayBuffer {
  const records = to - from;
  const plans = columns.map((column) => planOf(column, from, to));
  const headBytes = (headWords + wordsPerColumn * columns.length) * 8;
  let bytes = headBytes;
  for (const { width } of plans) bytes += padded(width * records);
  const blob = new ArrayBuffer(bytes);
  const head = new Float64Array(blob, 0, headBytes / 8);
  head[0] = records;
  head[1] = columns.length;
  let offset = headBytes;
  columns.forEach((column, i) => {
    const { base, width } = plans[i] as Plan;
    head[headWords + wordsPerColumn * i] = base;
    head[headWords + wordsPerColumn * i + 1] = width;
    if (width !== 0) {
      const out = viewOf(width, blob, offset, records);
      for (let at = 0; at < records; at++) out[at] = (column[from + at] as number) - base;
    }
    offset += padded(width * records);
  });
  return blob;
}

/** The columns of stored bytes: the inverse of `encodeColumns`. In the memory of `spare`, where it is as long. */
export function decodeColumns(blob: ArrayBuffer, spare: Columns = []): Columns {
  const [records = 0, count = 0] = new Float64Array(blob, 0, headWords);
  const head = new Float64Array(blob, headWords * 8, wordsPerColumn * count);
  const columns: Float64Array[] = [];
  let offset = (headWords + wordsPerColumn * count) * 8;
  for (let i = 0; i < count; i++) {
    const base = head[wordsPerColumn * i] as number;
    // Written by encodeColumns.
    const width = head[wordsPerColumn * i + 1] as Width;
    const reused = spare[i];
    const column = reused?.length === records ? reused : new Float64Array(records);
    if (width === 0) column.fill(base);
    else {
      const stored = viewOf(width, blob, offset, records);
      for (let at = 0; at < records; at++) column[at] = base + (stored[at] as number);
    }
    columns.push(column);
    offset += padded(width * records);
  }
  return columns;
}

interface Plan {
  readonly base: number;
  readonly width: Width;
}

function planOf(column: Float64Array, from: number, to: number): Plan {
  let least = column[from] as number;
  let greatest = least;
  for (let at = from + 1; at < to; at++) {
    const value = column[at] as number;
    if (value < least) least = value;
    else if (value > greatest) greatest = value;
  }
  const span = greatest - least;
  if (span === 0) return { base: least, width: 0 };
  if (span < 2 ** 8) return { base: least, width: 1 };
  if (span < 2 ** 16) return { base: least, width: 2 };
  if (span < 2 ** 32) return { base: least, width: 4 };
  return { base: 0, width: 8 };
}

function viewOf(width: Exclude<Width, 0>, blob: ArrayBuffer, offset: number, records: number) {
  if (width === 1) return new Uint8Array(blob, offset, records);
  if (width === 2) return new Uint16Array(blob, offset, records);
  if (width === 4) return new Uint32Array(blob, offset, records);
  return new Float64Array(blob, offset, records);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Columns that records are added to. */
export class GrowingColumns {
  #columns: Float64Array[];
  length = 0;

  constructor(count: number, capacity = 64) {
    this.#columns = Array.from({ length: count }, () => new Float64Array(capacity));
  }

  /** Adds a record of two columns, three or four: by hand, because this runs for every line posted. */
  add(a: number, b: number, c = 0, d = 0): void {
    const at = this.length;
    if (at === (this.#columns[0] as Float64Array).length) this.#widen();
    const columns = this.#columns;
    (columns[0] as Float64Array)[at] = a;
    (columns[1] as Float64Array)[at] = b;
    if (columns.length > 2) (columns[2] as Float64Array)[at] = c;
    if (columns.length > 3) (columns[3] as Float64Array)[at] = d;
    this.length = at + 1;
  }

  #widen(): void {
    this.#columns = this.#columns.map((column) => {
      const wider = new Float64Array(column.length * 2);
      wider.set(column);
      return wider;
    });
  }

  /** Longer than `length`. */
  get columns(): Columns {
    return this.#columns;
  }
}
