import { describe, expect, test } from "vitest";
import { parseJson } from "../../src/http/parse-json.ts";

describe("a number in a body keeps what its text says", () => {
  test.each([
    ["1", 1],
    ["1.0", 1],
    ["1e2", 100],
    ["10e-1", 1],
    ["2.5", 2.5],
    ["9007199254740991.0", 9007199254740991],
  ])("%s is %d", (text, value) => {
    expect(parseJson(`{"amount":${text}}`)).toEqual({ amount: value });
  });

  test.each(["1.00000000000000001", "100000000000000000001e-20", "4503599627370496.1"])(
    "%s is a fraction, though the parser would round it to a whole number",
    (text) => {
      expect(parseJson(`[${text}]`)).toEqual([0.5]);
    },
  );
});

test("a text that looks like a fraction stays a text", () => {
  expect(parseJson('{"memo":"a:1.00000000000000001"}')).toEqual({ memo: "a:1.00000000000000001" });
});

test.each(["", "{", "[1,]", "NaN", '{"a":Infinity}', "\u0000"])("%j is not JSON", (text) => {
  expect(() => parseJson(text)).toThrow("The body is not JSON");
});
