import { describe, expect, test } from "vitest";
import { readBooks, wholeNumber } from "../../src/local/books-file.ts";

const line = (account: string, type: string, debit: unknown, credit: unknown) => ({ account, type, debit, credit });
const entry = (more: object = {}) => ({
  id: "a",
  date: "2026-01-31",
  description: "Sale",
  lines: [line("Assets:Bank:Checking", "asset", 1250, 0), line("Sales", "revenue", 0, 1250)],
  ...more,
});
const balanced = (debit: unknown, credit: unknown) => [line("A", "asset", debit, 0), line("B", "liability", 0, credit)];

function read(file: unknown) {
  const text = typeof file === "string" ? file : JSON.stringify(file, null, 1);
  return readBooks(new TextEncoder().encode(text));
}
function faultsOf(file: unknown): string[] {
  const books = read(file);
  return books.ok ? [] : books.failure.map((fault) => `${fault.line}:${fault.column} ${fault.message}`);
}

test("a sound file gives its entries in order, and its accounts with every parent before its children", () => {
  const books = read([entry(), entry({ id: "b", description: "" })]);
  expect(books).toMatchObject({ ok: true });
  if (!books.ok) return;
  expect(books.value.entries.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(books.value.entries[0]?.lines).toEqual([
    { account: "Assets:Bank:Checking", side: "debit", amount: 1250 },
    { account: "Sales", side: "credit", amount: 1250 },
  ]);
  expect(books.value.accounts).toEqual([
    { path: "Assets", name: "Assets", class: "asset", parent: null },
    { path: "Assets:Bank", name: "Bank", class: "asset", parent: "Assets" },
    { path: "Assets:Bank:Checking", name: "Checking", class: "asset", parent: "Assets:Bank" },
    { path: "Sales", name: "Sales", class: "revenue", parent: null },
  ]);
});

describe("what is not JSON is told with line and column", () => {
  test.each([
    ["[1,]", "1:4"],
    ['[\n {"id": tru}\n]', "2:9"],
    ['[\n {"id": "a",}\n]', "2:13"],
    ["[1", "1:3"],
    ["", "1:1"],
    ["[// no\n]", "1:2"],
    ["[01]", "1:3"],
    ["[1] [2]", "1:5"],
    ['["a\tb"]', "1:2"],
    ["[NaN]", "1:2"],
  ])("%j at %s", (text, place) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${place} The file is not JSON`));
  });

  test("a byte order mark is none of its business, and other encodings are refused", () => {
    expect(read("\uFEFF[]").ok).toBe(true);
    expect(readBooks(Uint8Array.of(0x5b, 0xff, 0x5d)).ok).toBe(false);
  });

  test("a nesting that no parser survives is refused", () => {
    expect(faultsOf("[".repeat(300_000))).toHaveLength(1);
  });
});

describe("one fault each", () => {
  test.each([
    ["an object instead of an array", {}, /^1:1 The file holds an array/],
    ["an entry that is no object", [5], /^2:2 Entry 1: it is not an object/],
    ["a missing field", [{ id: "a", date: "2026-01-31", lines: balanced(1, 1) }], /^2:2 Entry 1: the field description is missing/],
    ["an unknown field", [entry({ memo: "x" })], /Entry 1: unknown field "memo"/],
    [
      "a field that is there twice",
      JSON.stringify([entry()]).replace('"id":"a"', '"id":"a","id":"b"'),
      /Entry 1: the field id is there twice/,
    ],
    ["an id that is no string", [entry({ id: 7 })], /^3:9 Entry 1: id is not a string/],
    ["an empty id", [entry({ id: "" })], /Entry 1: id is empty/],
    ["an id with spaces around it", [entry({ id: " a" })], /Entry 1: id " a" has/],
    ["an id too long", [entry({ id: "x".repeat(201) })], /Entry 1: id has 201 characters/],
    ["an id that is there twice", [entry(), entry()], /Entry 2: id "a" is taken by the entry in 3:9/],
    ["29 February of no leap year", [entry({ date: "2025-02-29" })], /Entry 1: date "2025-02-29" is not a date/],
    ["a date in another form", [entry({ date: "31.01.2026" })], /is not a date that exists/],
    ["a description that is no string", [entry({ description: null })], /description is not a string/],
    ["a description with a control character", [entry({ description: "a\u0000" })], /description has control characters/],
    ["an entry without lines", [entry({ lines: [] })], /it has 0 lines/],
    ["201 lines", [entry({ lines: [...Array(200).fill(line("A", "asset", 1, 0)), line("B", "asset", 0, 200)] })], /it has 201 lines/],
    ["debits that differ from credits", [entry({ lines: balanced(5, 6) })], /it is not balanced: debits 5, credits 6/],
    ["a debit and a credit in one line", [entry({ lines: [line("A", "asset", 5, 5), ...balanced(1, 1)] })], /line 1: it has both/],
    ["a line of zero", [entry({ lines: [line("A", "asset", 0, 0), ...balanced(1, 1)] })], /line 1: it has neither/],
    ["a negative amount", [entry({ lines: balanced(-5, 5) })], /line 1: debit is -5; amounts are whole cents/],
    ["half a cent", [entry({ lines: balanced(12.5, 5) })], /line 1: debit is 12.5/],
    ["an amount as text", [entry({ lines: balanced("5", 5) })], /line 1: debit is "5", not a number/],
    [
      "a type that does not exist",
      [entry({ lines: [line("A", "bank", 1, 0), line("B", "asset", 0, 1)] })],
      /line 1: type "bank" is none of/,
    ],
    [
      "an account with two types",
      [entry({ lines: [line("A", "asset", 1, 0), line("A", "liability", 0, 1)] })],
      /line 2: account "A" is of type liability here and of type asset in 8:16/,
    ],
    [
      "a parent of two types",
      [entry({ lines: [line("O:A", "asset", 1, 0), line("O:B", "equity", 0, 1)] })],
      /line 2: account "O", which stands above "O:B"/,
    ],
    [
      "an empty name in a path",
      [entry({ lines: [line("A::B", "asset", 1, 0), line("C", "asset", 0, 1)] })],
      /account "A::B": names between colons/,
    ],
    ["a path too deep", [entry({ lines: [line("1:2:3:4:5:6:7:8:9:10:11", "asset", 1, 0), line("C", "asset", 0, 1)] })], /11 levels deep/],
  ] as [string, unknown, RegExp][])("%s", (_, file, message) => {
    const faults = faultsOf(file);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });
});

test("all faults of a file are listed at once, in the order of their places", () => {
  const faults = faultsOf([entry({ date: "2026-13-01", lines: balanced(1, 2) }), entry({ lines: balanced(1.5, 2) }), 7]);
  expect(faults).toHaveLength(5);
  const places = faults.map((fault) => Number(fault.split(":")[0]));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test("a balance that would pass 2^53 − 1 is found before anything is posted", () => {
  const most = Number.MAX_SAFE_INTEGER;
  expect(faultsOf([entry({ lines: balanced(most, most) })])).toEqual([]);
  expect(faultsOf([entry({ lines: balanced(most, most) }), entry({ id: "b", lines: balanced(1, 1) })])[0]).toMatch(
    /^\d+:\d+ The balance of "A"/,
  );
});

test.each([
  ["0", 0],
  ["-0", 0],
  ["100.0", 100],
  ["1e2", 100],
  ["1.50e1", 15],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ["9007199254740992", undefined],
  ["9007199254740993", undefined],
  ["1.0000000000000000001", undefined],
  ["0.1", undefined],
  ["1e400", undefined],
  ["1e-400", undefined],
  ["-1", undefined],
])("the amount %s is read exactly, as %s", (text, amount) => {
  expect(wholeNumber(text)).toBe(amount);
});
