import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Columns, decodeColumns, encodeColumns, GrowingColumns } from "../../src/ledger/object/index/columns.ts";
import { halfSpan } from "../../src/ledger/object/index/halves.ts";
import { merged, mergedSums, type RecordFeed } from "../../src/ledger/object/index/record-feed.ts";
import {
  type Chunk,
  countRange,
  inOrder,
  type Key,
  lowerBoundIn,
  type SortedSource,
  visitRange,
} from "../../src/ledger/object/index/sorted-source.ts";
import { sortedBy } from "../../src/ledger/object/index/stable-sort.ts";
import { probeOf, TermFilter } from "../../src/ledger/object/index/term-filter.ts";
import { seeded } from "../support/seed.ts";

type Row = readonly number[];

const anyKey = fc.oneof(fc.nat(20), fc.nat(70_000), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER - 1));
const anyValue = fc.oneof(fc.nat(9), fc.maxSafeInteger());

function columnsOf(rows: readonly Row[], count: number): Columns {
  return Array.from({ length: count }, (_, i) => Float64Array.from(rows, (row) => row[i] ?? 0));
}

function rowsOf(columns: Columns, length: number): number[][] {
  return Array.from({ length }, (_, at) => columns.map((column) => column[at] ?? 0));
}

const byKey = ([a = 0, b = 0]: Row, [c = 0, d = 0]: Row) => a - c || b - d;

/** A source that comes in stretches of `size`, as one on disk does. */
function inStretches(rows: readonly Row[], count: number, size: number): SortedSource {
  const columns = columnsOf(rows, count);
  return {
    length: rows.length,
    fromSequence: 0,
    toSequence: 0,
    lowerBound: (a, b) => lowerBoundIn(columns, 0, rows.length, a, b),
    chunkAt(position): Chunk {
      const start = Math.floor(position / size) * size;
      const end = Math.min(start + size, rows.length);
      return { columns: columns.map((column) => column.slice(start, end)), start, end };
    },
  };
}

function takeAll(feed: RecordFeed, count: number, size: number): number[][] {
  const rows: number[][] = [];
  const out = Array.from({ length: count }, () => new Float64Array(size));
  for (let taken = feed.take(out, size); taken > 0; taken = feed.take(out, size)) rows.push(...rowsOf(out, taken));
  return rows;
}

/** Sorted sources of rows whose keys differ, as the index has them. */
const anySources = fc
  .tuple(
    fc.uniqueArray(fc.tuple(anyKey, fc.nat(30), anyValue), { maxLength: 120, selector: ([a, b]) => `${a},${b}` }),
    fc.integer({ min: 1, max: 5 }),
  )
  .chain(([rows, sources]) =>
    fc.tuple(fc.array(fc.nat(sources - 1), { minLength: rows.length, maxLength: rows.length }), fc.constant({ rows, sources })),
  )
  .map(([places, { rows, sources }]) =>
    // Where two agree in the first column, the later source has the higher second: its sequences are.
    Array.from({ length: sources }, (_, no) =>
      rows
        .filter((_row, i) => places[i] === no)
        .map(([a, b, c]) => [a, b + 31 * no, c])
        .toSorted(byKey),
    ),
  );

describe("columns", () => {
  test("are the same after they were stored, any part of them", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyKey, anyValue, fc.nat(300)), { minLength: 1, maxLength: 80 }), fc.nat(), fc.nat(), (rows, x, y) => {
        const from = x % rows.length;
        const to = from + 1 + (y % (rows.length - from));
        const blob = encodeColumns(columnsOf(rows, 3), from, to);
        expect(rowsOf(decodeColumns(blob), to - from)).toEqual(rows.slice(from, to));
        const spare = Array.from({ length: 3 }, () => new Float64Array(to - from).fill(-1));
        expect(rowsOf(decodeColumns(blob, spare), to - from)).toEqual(rows.slice(from, to));
      }),
      seeded(300),
    );
  });

  test("that are alike take a byte a value, and none where all are one", () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => [2 ** 50 + (i % 256), 7]);
    expect(encodeColumns(columnsOf(rows, 2), 0, 1_000).byteLength).toBe(1_000 + 48);
  });

  test("grow without losing what they had", () => {
    const growing = new GrowingColumns(2, 1);
    for (let i = 0; i < 100; i++) {
      growing.add(i, 2 * i);
    }
    expect(rowsOf(growing.columns, growing.length)).toEqual(Array.from({ length: 100 }, (_, i) => [i, 2 * i]));
  });
});

test("sorting orders by the key and keeps the order of equals", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyKey, fc.constant(2 ** 53)), { maxLength: 200 }), (keys) => {
      const rows = keys.map((key, i) => [key, i]);
      expect(rowsOf(sortedBy(columnsOf(rows, 2), 0, rows.length), rows.length)).toEqual(rows.toSorted(([a = 0], [b = 0]) => a - b));
    }),
    seeded(300),
  );
});

describe("sorted sources", () => {
  test("are read in one order, either way, in any range, and counted without reading", () => {
    fc.assert(
      fc.property(
        anySources,
        fc.tuple(anyKey, fc.nat(30)),
        fc.tuple(anyKey, fc.nat(30)),
        fc.integer({ min: 1, max: 9 }),
        (parts, x, y, size) => {
          const [from, to]: [Key, Key] = byKey(x, y) <= 0 ? [x, y] : [y, x];
          const range = { from, to };
          const sources = parts.map((rows) => inStretches(rows, 3, size));
          const expected = parts
            .flat()
            .filter((row) => byKey(row, from) >= 0 && byKey(row, to) < 0)
            .toSorted(byKey);
          expect([...inOrder(sources, range, "asc")]).toEqual(expected);
          expect([...inOrder(sources, range, "desc")]).toEqual(expected.toReversed());
          expect(countRange(sources, range)).toBe(expected.length);
          const visited: number[][] = [];
          for (const source of sources) {
            visitRange(source, range, (columns, start, end) => {
              visited.push(...rowsOf(columns, end).slice(start));
            });
          }
          expect(visited.toSorted(byKey)).toEqual(expected);
        },
      ),
      seeded(300),
    );
  });

  test("are merged into blocks of any size, and a merge goes on behind any of its records", () => {
    fc.assert(
      fc.property(anySources, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }), fc.nat(), (parts, block, size, at) => {
        const sources = parts.map((rows) => inStretches(rows, 3, size));
        const expected = parts.flat().toSorted(byKey);
        expect(takeAll(merged(sources, undefined), 3, block)).toEqual(expected);
        if (expected.length === 0) return;
        const behind = at % expected.length;
        const [a = 0, b = 0] = expected[behind] ?? [];
        expect(takeAll(merged(sources, [a, b]), 3, block)).toEqual(expected.slice(behind + 1));
      }),
      seeded(300),
    );
  });

  test("of sums are added up exactly, whole before a block ends", () => {
    const anySum = fc.bigInt({ min: 0n, max: 2n ** 58n });
    const halves = (sum: bigint) => [Number(sum / BigInt(halfSpan)), Number(sum % BigInt(halfSpan))];
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(fc.tuple(fc.nat(25), anySum), { maxLength: 20, selector: ([cell]) => cell }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 5 }),
        (parts, block, size) => {
          const sources = parts.map((cells) => inStretches(cells.map(([cell, sum]) => [cell, 0, ...halves(sum)]).toSorted(byKey), 4, size));
          const sums = new Map<number, bigint>();
          for (const [cell, sum] of parts.flat()) sums.set(cell, (sums.get(cell) ?? 0n) + sum);
          const expected = [...sums].toSorted(([a], [b]) => a - b).map(([cell, sum]) => [cell, 0, ...halves(sum)]);
          expect(takeAll(mergedSums(sources, undefined), 4, block)).toEqual(expected);
        },
      ),
      seeded(300),
    );
  });
});

test("a filter of terms has every term that was added, and one in thirty of the others at the most", () => {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const high = state & 0xfffff;
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return high * 2 ** 32 + state;
  };
  const terms = Array.from({ length: 20_000 }, next);
  const filter = TermFilter.for(terms.length);
  for (const term of terms) filter.add(term);
  expect(terms.filter((term) => !filter.mayHave(probeOf(term)))).toEqual([]);
  const others = Array.from({ length: 20_000 }, next);
  expect(others.filter((term) => filter.mayHave(probeOf(term))).length).toBeLessThan(others.length / 30);
});
