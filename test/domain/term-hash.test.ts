import { expect, test } from "vitest";
import { halfSipHash, termHash } from "../../src/ledger/object/index/term-hash.ts";

/** The key 00 01 … 07 of the reference implementation's vectors. */
const key = [0x03020100, 0x07060504] as const;

function hex([low, high]: readonly [number, number]): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, low, true);
  view.setInt32(4, high, true);
  return Buffer.from(view.buffer).toString("hex");
}

// Of vectors.h (hsip64): the inputs are the bytes 00, 01, 02, …, here as UTF-16 units.
test.each([
  ["no bytes", "", "218d1f59b9b83cc8"],
  ["two", "\u0100", "064f39ef7c50eb57"],
])("HalfSipHash-2-4-64 of %s is the published one", (_, text, expected) => {
  expect(hex(halfSipHash(key, text))).toBe(expected);
});

test("a term's hash is 52 bits, and another under another key", () => {
  const texts = Array.from({ length: 2_000 }, (_, i) => `xpo-${i}`);
  const hashes = texts.map((text) => termHash(key, text));
  for (const hash of hashes) expect(hash >= 0 && hash < 2 ** 52 && Number.isInteger(hash)).toBe(true);
  expect(new Set(hashes).size).toBe(texts.length);
  expect(texts.filter((text, i) => termHash([1, 2], text) === hashes[i])).toEqual([]);
});
