import fc from "fast-check";
import { expect, test } from "vitest";
import { LevelFilter } from "../../src/ledger/object/index/level-filter.ts";
import { feedOf } from "../../src/ledger/object/index/record-feed.ts";
import { insertRun, RunBuilder } from "../../src/ledger/object/index/run-builder.ts";
import { SortedColumns } from "../../src/ledger/object/index/sorted-source.ts";
import { BlockCache, StoredRun } from "../../src/ledger/object/index/stored-run.ts";
import { probeOf } from "../../src/ledger/object/index/term-filter.ts";
import { recordKinds } from "../../src/ledger/object/state/record-kinds.ts";
import { newLedger } from "../support/ledger-under-test.ts";
import { seeded } from "../support/seed.ts";

const hash = fc.integer({ min: 0, max: 2 ** 52 - 1 });
const run = fc.uniqueArray(hash, { minLength: 1, maxLength: 60 });

/** Writes a run of hashes in blocks of a few. */
function stored(sql: SqlStorage, hashes: readonly number[], id: number): StoredRun {
  const columns = [Float64Array.from(hashes).sort(), Float64Array.from(hashes, (_, i) => i), new Float64Array(hashes.length)];
  const source = new SortedColumns(columns, { from: id, to: id });
  const written = { id, kind: "term", level: 0, fromSequence: id, toSequence: id, blockRecords: 7, sources: [] } as const;
  insertRun(sql, written);
  const builder = new RunBuilder(sql, written, recordKinds.term, hashes.length, () => feedOf(source));
  while (builder.step(sql));
  return new StoredRun(sql, new BlockCache(), builder.finish(sql));
}

test("the filter of a level has every hash of its runs, however far it has taken them in", async () => {
  const ledger = newLedger();
  await ledger.inside((sql, state) => {
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 5 }), run, (first, fromMemory) => {
        state.storage.transactionSync(() => {
          sql.exec("DELETE FROM block");
          sql.exec("DELETE FROM run");
          sql.exec("DELETE FROM term_filter");
          const filter = new LevelFilter(first.map((hashes, i) => stored(sql, hashes, i + 1)));
          const known = first.flat();
          const misses = () => known.filter((one) => !filter.mayHave(probeOf(one)));
          expect(misses()).toEqual([]);
          let taken = filter.step(sql);
          expect(taken).toBeGreaterThan(0);
          expect(misses()).toEqual([]);
          expect(filter.add(Float64Array.from(fromMemory), fromMemory.length)).toBe(true);
          known.push(...fromMemory);
          while (!filter.isWhole) {
            expect(misses()).toEqual([]);
            taken += filter.step(sql);
          }
          expect(misses()).toEqual([]);
          expect(taken).toBe(first.flat().length);
          expect(filter.step(sql)).toBe(0);
        });
      }),
      seeded(30),
    );
  });
});

test("the filter of a level says when what it was made for is full", async () => {
  const ledger = newLedger();
  await ledger.inside((sql) => {
    const filter = new LevelFilter([stored(sql, [1, 2, 3], 1)]);
    const many = Float64Array.from({ length: 8_192 }, (_, i) => i * 2 ** 30);
    expect(filter.add(many, many.length)).toBe(true);
    expect(filter.add(many, 1)).toBe(false);
  });
});
