import fc from "fast-check";
import { expect, test } from "vitest";
import { RefNumbers } from "../../src/ledger/object/state/ref-numbers.ts";
import { seeded } from "../support/seed.ts";

test("a ref has the number that it was given last, none once it was taken away, however many others there are", () => {
  // More than one of the hash's slots for each at first, fewer later.
  const ref = fc.nat(400).map((no) => `c${no}`);
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("get" as const), ref }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("set" as const), ref, no: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), ref }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2_000, size: "max" }), (steps) => {
      const numbers = new RefNumbers();
      const model = new Map<string, number>();
      for (const taken of steps) {
        // A string of its own, as those that come over a stub are.
        const own = `${taken.ref}!`.slice(0, -1);
        if (taken.kind === "set") {
          numbers.set(own, taken.no);
          model.set(own, taken.no);
        } else if (taken.kind === "delete") {
          numbers.delete(own);
          model.delete(own);
        } else expect(numbers.get(own)).toBe(model.get(own));
      }
      for (const known of model.keys()) expect(numbers.get(known)).toBe(model.get(known));
    }),
    seeded(200),
  );
});
