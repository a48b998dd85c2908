import { describe, expect, test } from "vitest";
import { countryTable } from "../../src/features/metadata/domain/country-table.ts";
import { currencyOf, scaleOf } from "../../src/kernel/currency.ts";
import { currencyTable } from "../../src/kernel/currency-table.ts";
import { countryRows, currencyRows } from "../vectors/generate-tables.ts";

describe("the tables are the standards' lists", () => {
  test("every currency of ISO 4217, in use or withdrawn, as the list has it", () => {
    expect(currencyTable).toEqual(currencyRows());
  });

  test("every country of ISO 3166-1 with the currencies that ISO 4217 gives it", () => {
    expect(countryTable).toEqual(countryRows());
    expect(countryTable).toHaveLength(249);
    expect(new Set(countryTable.map(([alpha2]) => alpha2)).size).toBe(249);
  });
});

// Exponents other than 2, as the standard's Table A.1 has them.
const exponents = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

test("scaleOf is the exponent of ISO 4217 for every currency that has one", () => {
  const others = new Map(
    Object.entries(exponents).flatMap(([scale, codes]) => codes.split(" ").map((code) => [code, Number(scale)] as const)),
  );
  for (const [code, , , minorUnit, withdrawn] of currencyTable) {
    if (withdrawn !== null || minorUnit === null) continue;
    expect([code, scaleOf(code)]).toEqual([code, { ok: true, value: others.get(code) ?? 2 }]);
  }
});

test.each([
  ["USD", undefined, 2],
  ["USD", 2, 2],
  ["USD", 3, "USD has 2 decimal places"],
  ["usd", undefined, "a code of ISO 4217"],
  ["usd", 2, "a code of ISO 4217"],
  ["US", undefined, "a code of ISO 4217"],
  ["XAU", undefined, "has no minor unit"],
  ["XAU", 4, 4],
  ["DEM", undefined, "withdrawn"],
  ["DEM", 2, 2],
  ["BGN", undefined, "withdrawn in 2026-01"],
  ["ZZZ", undefined, "not in ISO 4217"],
  ["BTC", 8, 8],
  ["USDC", 6, 6],
  ["POINTS", 0, 0],
  ["POINTS", 9, "from 0 to 8"],
  ["POINTS", -1, "from 0 to 8"],
  ["POINTS", 1.5, "from 0 to 8"],
  ["POINTS2026X", undefined, "not in ISO 4217"],
  ["THIRTEENCHARS", 2, "a code of ISO 4217"],
])("%s declared with scale %s: %s", (code, declared, expected) => {
  const scale = scaleOf(code, declared);
  if (typeof expected === "number") return expect(scale).toEqual({ ok: true, value: expected });
  expect(scale).toMatchObject({ ok: false, failure: { code: "CURRENCY_UNSUPPORTED" } });
  return expect(scale.ok ? "" : scale.failure.message).toContain(expected);
});

test("a code that was withdrawn in one country and is in use in another is in use", () => {
  expect(currencyOf("EUR")).toMatchObject({ withdrawn: null, minorUnit: 2 });
  expect(currencyOf("HRK")).toMatchObject({ withdrawn: "2023-01", name: "Kuna" });
});
