import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAddress, encodeAddress, isUuid, ledgerNumberMax, sequenceMax, uuidV7 } from "../../src/kernel/id.ts";
import { seeded } from "../support/seed.ts";

const anyAddress = fc.record({
  atMs: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  ledgerNumber: fc.oneof(
    fc.integer({ min: 0, max: ledgerNumberMax }),
    fc.constantFrom(0, 1, 63, 64, 2 ** 20 - 1, 2 ** 20, ledgerNumberMax),
  ),
  kind: fc.constantFrom<"entry" | "hold">("entry", "hold"),
  sequence: fc.oneof(fc.integer({ min: 0, max: sequenceMax }), fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, sequenceMax)),
});

describe("an id that carries its address", () => {
  test("is a UUID of version 8 in its given form, and tells the address again", () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        const id = encodeAddress(address);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(isUuid(id)).toBe(true);
        expect(decodeAddress(id)).toEqual(address);
      }),
      seeded(2_000),
    );
  });

  test("is another for every other address", () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, (a, b) => {
        expect(encodeAddress(a) === encodeAddress(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      seeded(2_000),
    );
  });

  test("sorts by time", () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, (a, b) => {
        if (a.atMs !== b.atMs) expect(encodeAddress(a) < encodeAddress(b)).toBe(a.atMs < b.atMs);
      }),
      seeded(500),
    );
  });

  test("has every bit of the 122 in use: no two texts of version 8 mean one address", () => {
    const hex = (n: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${n}}$`));
    fc.assert(
      fc.property(hex(8), hex(4), hex(3), fc.constantFrom("8", "9", "a", "b"), hex(3), hex(12), (a, b, c, variant, d, e) => {
        const id = `${a}-${b}-8${c}-${variant}${d}-${e}`;
        const address = decodeAddress(id);
        expect(address === undefined ? undefined : encodeAddress(address)).toBe(id);
      }),
      seeded(2_000),
    );
  });

  test.each([
    ["another version", "01980c1e-7e0c-7abc-9def-0123456789ab"],
    ["another variant", "01980c1e-7e0c-8abc-cdef-0123456789ab"],
    ["capitals", "01980C1E-7E0C-8ABC-9DEF-0123456789AB"],
    ["no hyphens", "01980c1e7e0c8abc9def0123456789ab"],
    ["a line's end", "01980c1e-7e0c-8abc-9def-0123456789ab\n"],
    ["nothing", ""],
    ["words", "not-an-id"],
  ])("is not a text with %s", (_, text) => {
    expect(decodeAddress(text)).toBeUndefined();
  });
});

describe("a UUIDv7", () => {
  test("has its time first and its version and variant where RFC 9562 puts them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.uint8Array({ minLength: 10, maxLength: 10 }), (atMs, random) => {
        const id = uuidV7(atMs, random);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(atMs);
      }),
      seeded(500),
    );
  });

  test("differs wherever 74 of its random bits do", () => {
    const one = new Set<string>();
    for (let bit = 0; bit < 80; bit++) {
      const random = new Uint8Array(10);
      random[bit >> 3] = 1 << (bit & 7);
      one.add(uuidV7(0, random));
    }
    // All zero, and each bit that counts by itself.
    expect(one.size).toBe(75);
  });
});
