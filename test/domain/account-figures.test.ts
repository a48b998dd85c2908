import fc from "fast-check";
import { expect, test } from "vitest";
import { addTurnover, creditsOf, debitsOf, noFigures, turnoverOf } from "../../src/ledger/domain/account.ts";
import { seeded } from "../support/seed.ts";

const side = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const amount = fc.oneof(
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.integer({ min: Number.MAX_SAFE_INTEGER - 3, max: Number.MAX_SAFE_INTEGER }),
);

test("turnover that comes to 2^53 exactly carries", () => {
  const figures = { ...noFigures(), ...turnoverOf(1n, 1n) };
  addTurnover(figures, Number.MAX_SAFE_INTEGER);
  addTurnover(figures, -Number.MAX_SAFE_INTEGER);
  expect(figures).toEqual({ ...noFigures(), debitsHigh: 1, debitsLow: 0, creditsHigh: 1, creditsLow: 0 });
});

test("turnover is exact in two numbers, however often amounts of any size are added", () => {
  fc.assert(
    fc.property(side, side, fc.array(fc.tuple(amount, fc.boolean()), { maxLength: 30 }), (debits, credits, lines) => {
      const figures = { ...noFigures(), ...turnoverOf(debits, credits) };
      expect([debitsOf(figures), creditsOf(figures)]).toEqual([debits, credits]);
      let exact = [debits, credits] as [bigint, bigint];
      for (const [of, isDebit] of lines) {
        addTurnover(figures, isDebit ? of : -of);
        exact = isDebit ? [exact[0] + BigInt(of), exact[1]] : [exact[0], exact[1] + BigInt(of)];
      }
      expect([debitsOf(figures), creditsOf(figures)]).toEqual(exact);
      // In one form only, so that equal sums are equal figures.
      expect(figures).toEqual({ ...noFigures(), ...turnoverOf(...exact) });
    }),
    seeded(500),
  );
});
