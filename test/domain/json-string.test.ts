import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonString } from "../../src/kernel/json-string.ts";
import { seeded } from "../support/seed.ts";

test("a JSON string is what JSON.stringify writes", () => {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 }).map((of) => String.fromCharCode(...of));
  fc.assert(
    fc.property(fc.oneof(units, fc.string()), (text) => {
      expect(jsonString(text)).toBe(JSON.stringify(text));
    }),
    seeded(500),
  );
  for (let unit = 0; unit < 0x100; unit++) expect(jsonString(String.fromCharCode(unit))).toBe(JSON.stringify(String.fromCharCode(unit)));
});
