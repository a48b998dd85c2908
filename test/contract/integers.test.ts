import { describe, expect, test } from "vitest";
import committed from "../../docs/openapi.json" with { type: "json" };

interface FoundInteger {
  /** Where it is, as a JSON pointer. */
  readonly at: string;
  /** The property, parameter or header that it is, or is an item of. */
  readonly name: string;
  readonly schema: { readonly format?: string; readonly minimum?: number; readonly maximum?: number };
}

/** Every schema of a number in the document. */
function numbersIn(value: unknown, at = "", name = ""): FoundInteger[] {
  if (typeof value !== "object" || value === null) return [];
  const { type } = value as { readonly type?: unknown };
  const types = Array.isArray(type) ? type : [type];
  const found = types.includes("integer") || types.includes("number") ? [{ at, name, schema: value }] : [];
  const inside = Object.entries(value).flatMap(([key, part]) => {
    if (key === "example" || key === "examples") return [];
    return numbersIn(part, `${at}/${key}`, nameOf(at, key, value) ?? name);
  });
  return [...found, ...inside];
}

/** What a part of the document is called, where the part's place or its owner gives it a name. */
function nameOf(at: string, key: string, owner: object): string | undefined {
  if (/\/(?:properties|headers)$/.test(at)) return key;
  if (key === "schema" && "in" in owner && "name" in owner) return String(owner.name);
  return undefined;
}

const int32Max = 2 ** 31 - 1;
const numbers = numbersIn(committed);

/** What passes 2^31 in a ledger that has grown: money, places in a log, counts of changes and of entries, instants in Unix seconds. */
const passesInt32 =
  /cents$|amount|balance|posted$|available|turnover|sequence|version$|revision|knownAt|^head$|^(?:debits|credits|entries|done|total|totalCount|X-RateLimit-Reset)$|income|profit|assets|liabilities|equity|earnings|difference|expenses|costOfGoodsSold/i;
/** A page of the general ledger says how many lines it has together with all others, which is bounded. */
const isBounded = ({ at }: FoundInteger) => at === "/components/schemas/GeneralLedgerReport/properties/totalCount";

describe("integers of the document", () => {
  test("each says whether it is of 32 or of 64 bits, and no number is a fraction", () => {
    expect(numbers.length).toBeGreaterThan(100);
    const unclear = numbers.filter(({ schema }) => schema.format !== "int32" && schema.format !== "int64");
    expect(unclear.map(({ at }) => at)).toEqual([]);
  });

  test("what passes 2^31 in a ledger that has grown is of 64 bits, in schemas, parameters and headers", () => {
    const grown = numbers.filter((number) => passesInt32.test(number.name) && !isBounded(number));
    expect(grown.filter(({ schema }) => schema.format !== "int64").map(({ at }) => at)).toEqual([]);
    for (const name of ["amount", "balance", "debits", "sequence", "version", "revision", "knownAt", "minAmount", "closingDebitCents"])
      expect(grown.map((found) => found.name)).toContain(name);
  });

  test("everything else is of 32 bits, `limit` and `offset` too", () => {
    const small = numbers.filter((number) => !passesInt32.test(number.name) || isBounded(number));
    expect(small.filter(({ schema }) => schema.format !== "int32").map(({ at }) => at)).toEqual([]);
    for (const name of ["limit", "pageSize", "offset", "no", "scale", "Retry-After"])
      expect(small.map((found) => found.name)).toContain(name);
  });

  test("none of 32 bits has a bound beyond them", () => {
    const wide = numbers.filter(({ schema }) => schema.format === "int32" && (schema.maximum ?? 0) > int32Max);
    const deep = numbers.filter(({ schema }) => schema.format === "int32" && (schema.minimum ?? 0) < -int32Max - 1);
    expect([...wide, ...deep].map(({ at }) => at)).toEqual([]);
  });
});
