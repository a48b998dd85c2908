import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptEntry, acceptEntryBody, normalizedEntry } from "../../src/features/journal/fast/accept-entry.ts";
import { EntryBody, EntryInput, JournalBatchRequest, JournalEntryRequest } from "../../src/features/journal/schemas.ts";

const uuid = fc.uuid().map((id) => id.toLowerCase());
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", " ", "\t", "a\nb", "a\u0000b", "\ud800", "Café ☕", " padded ", "\u00a0", "x".repeat(201), "x".repeat(1001)),
);
const plain = fc.string({ minLength: 1, maxLength: 30 }).map((value) => `x${value}x`);
const amount = fc.oneof(
  fc.integer({ min: 1, max: 1_000_000 }),
  fc.constantFrom(0, -1, -0, 1.5, 2 ** 53, 2 ** 53 - 1, Number.POSITIVE_INFINITY, "100", null, true),
);
const junk = fc.oneof(fc.jsonValue(), fc.constant("__proto__"));
const date = fc.oneof(
  fc.constantFrom("2026-06-08", "2025-02-29", "2024-02-29", "2026-6-8", "1899-12-31", "9999-12-31", "2026-06-08T00:00:00Z", "x2026-06-08"),
  text,
);

const account = fc.oneof(
  { weight: 5, arbitrary: fc.record({ accountCode: plain }) },
  { weight: 3, arbitrary: fc.record({ accountId: uuid }) },
  { weight: 2, arbitrary: fc.record({ accountExternalId: plain }) },
  {
    weight: 1,
    arbitrary: fc.record({ accountCode: text, accountId: fc.oneof(fc.uuid(), text), accountExternalId: text }, { requiredKeys: [] }),
  },
);
/** Mostly right, so that accepted bodies are common, and wrong in one place or another, so that so are the others. */
const often = <T, U>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 25, arbitrary: right }, { weight: 1, arbitrary: wrong });
const line = fc
  .tuple(
    account,
    fc.record({
      side: often(fc.constantFrom("debit", "credit"), fc.oneof(fc.constant("DEBIT"), junk)),
      amount: often(fc.integer({ min: 1, max: 2 ** 53 - 1 }), fc.oneof(amount, junk)),
    }),
    fc.record(
      {
        memo: often(plain, text),
        contactId: often(uuid, text),
        tags: often(fc.array(plain, { maxLength: 3 }), fc.array(text, { maxLength: 12 })),
        conditions: often(
          fc.constant(undefined),
          fc.oneof(
            junk,
            fc.record(
              { expectedVersion: amount, minPosted: amount, maxPosted: amount, minAvailable: amount, maxAvailable: amount, other: amount },
              { requiredKeys: [] },
            ),
          ),
        ),
      },
      { requiredKeys: [] },
    ),
    often(fc.constant({}), fc.dictionary(text, junk, { maxKeys: 1 })),
  )
  .map((parts) => Object.assign({}, ...parts) as unknown);
const optionalFields = fc.record(
  {
    description: often(plain, text),
    reference: often(plain, text),
    externalId: often(plain, text),
    metadata: often(fc.dictionary(plain, plain, { maxKeys: 4 }), fc.oneof(fc.dictionary(text, text, { maxKeys: 60 }), junk)),
    replaces: often(uuid, text),
    entityId: often(uuid, text),
    ledgerId: often(uuid, text),
    currency: often(fc.constant("USD"), text),
  },
  { requiredKeys: [] },
);
const entry = fc
  .tuple(
    often(fc.record({ date: often(fc.constant("2026-06-08"), date) }), fc.constant({})),
    often(
      fc.record({ lines: often(fc.array(line, { minLength: 2, maxLength: 5 }), fc.oneof(fc.array(line, { maxLength: 2 }), junk)) }),
      fc.constant({}),
    ),
    optionalFields,
    often(fc.constant({}), fc.dictionary(text, junk, { maxKeys: 1 })),
  )
  .map((parts) => Object.assign({}, ...parts) as unknown);

/** As a request brings it: through JSON text. */
function fromText(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const trimmed = ["reference", "externalId", "accountCode", "accountExternalId"];
const lowered = ["replaces", "accountId", "contactId", "entityId", "ledgerId"];

/** The same with white space around its names and its ids in capitals. */
function untidied(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => {
      if (key === "tags" && Array.isArray(part)) return part.map((tag) => ` ${tag}\n`);
      if (typeof part !== "string") return part;
      return trimmed.includes(key) ? `\t${part} ` : lowered.includes(key) ? part.toUpperCase() : part;
    }),
  );
}

describe("the fast check of entry bodies", () => {
  test("what it accepts the schema accepts, and gives back the same", () => {
    let accepted = 0;
    fc.assert(
      fc.property(entry, (generated) => {
        const body = fromText(generated);
        if (acceptEntry(body)) {
          accepted += 1;
          expect(JournalEntryRequest.safeParse(body)).toEqual({ success: true, data: body });
        }
        if (acceptEntryBody(body)) expect(EntryBody.safeParse(body)).toEqual({ success: true, data: body });
      }),
      { numRuns: 5_000, seed: 20261121 },
    );
    // The property says something only if much is accepted.
    expect(accepted).toBeGreaterThan(500);
  });

  test("what it accepts once it is normalized the schema gives back so", () => {
    let normalizedCount = 0;
    fc.assert(
      fc.property(entry, (generated) => {
        const body = untidied(generated);
        const normalized = normalizedEntry(body);
        if (normalized === undefined || !acceptEntry(normalized)) return;
        normalizedCount += 1;
        expect(JournalEntryRequest.safeParse(body)).toEqual({ success: true, data: normalized });
      }),
      { numRuns: 5_000, seed: 20261121 },
    );
    expect(normalizedCount).toBeGreaterThan(500);
  });

  test("anything at all that it accepts the schema accepts", () => {
    fc.assert(
      fc.property(junk, (value) => {
        if (acceptEntry(value)) expect(JournalEntryRequest.safeParse(value).success).toBe(true);
      }),
      { numRuns: 2_000, seed: 20261121 },
    );
  });

  test("the route's schema and the plain one answer every body alike, faults included", () => {
    fc.assert(
      fc.property(entry, (generated) => {
        const body = fromText(generated);
        const plainly = JournalEntryRequest.safeParse(body);
        const fast = EntryInput.safeParse(body);
        expect(fast.success).toBe(plainly.success);
        if (fast.success) expect(fast.data).toEqual(plainly.data);
        else expect(fast.error.issues).toEqual(plainly.error?.issues);
      }),
      { numRuns: 2_000, seed: 20261121 },
    );
  });

  test("plainly valid bodies take the fast way", () => {
    const body = {
      date: "2026-06-08",
      description: "Office supplies",
      reference: "office-depot-1001",
      externalId: "po-77",
      metadata: { store: "114", café: "☕" },
      lines: [
        { accountCode: "6100", side: "debit", amount: 4299 },
        { accountId: "01980c1e-7e0c-8000-8000-400000000002", side: "credit", amount: 4299, memo: "card 4417", tags: ["travel"] },
      ],
    };
    expect(acceptEntryBody(body)).toBe(true);
    expect(acceptEntry({ ...body, ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac", currency: "USD" })).toBe(true);
  });

  const valid = { accountCode: "1", side: "debit", amount: 1 };
  test.each([
    ["zero", { ...valid, amount: 0 }],
    ["negative", { ...valid, amount: -5 }],
    ["fractional", { ...valid, amount: 1.5 }],
    ["huge", { ...valid, amount: 2 ** 53 }],
    ["infinite", { ...valid, amount: Number.POSITIVE_INFINITY }],
    ["string", { ...valid, amount: "100" }],
    ["NaN", { ...valid, amount: Number.NaN }],
    ["null", { ...valid, amount: null }],
  ])("a %s amount is refused, by its pointer", (_, bad) => {
    const outcome = EntryInput.safeParse({ date: "2026-06-08", lines: [valid, bad] });
    expect(outcome.error?.issues.map((issue) => issue.path)).toContainEqual(["lines", 1, "amount"]);
    expect(outcome.error?.issues.every((issue) => issue.path[1] === 1)).toBe(true);
  });

  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "v"]));
  const withLine = (more: object) => ({ date: "2026-06-08", lines: [valid, { ...valid, ...more }] });
  test.each<[string, (atBound: boolean) => object]>([
    ["keys of metadata", (at) => ({ ...withLine({}), metadata: keys(at ? 50 : 51) })],
    ["characters of a metadata key", (at) => ({ ...withLine({}), metadata: { ["k".repeat(at ? 100 : 101)]: "v" } })],
    ["characters of a metadata value", (at) => ({ ...withLine({}), metadata: { k: "v".repeat(at ? 500 : 501) } })],
    ["characters of a description", (at) => ({ ...withLine({}), description: "x".repeat(at ? 1000 : 1001) })],
    ["characters of a reference", (at) => ({ ...withLine({}), reference: "x".repeat(at ? 200 : 201) })],
    ["characters of an externalId", (at) => ({ ...withLine({}), externalId: "x".repeat(at ? 200 : 201) })],
    ["characters of a memo", (at) => withLine({ memo: "x".repeat(at ? 500 : 501) })],
    ["characters of a code", (at) => withLine({ accountCode: "x".repeat(at ? 50 : 51) })],
    ["tags", (at) => withLine({ tags: Array(at ? 10 : 11).fill("t") })],
    ["characters of a tag", (at) => withLine({ tags: ["t".repeat(at ? 100 : 101)] })],
    ["lines at most", (at) => ({ date: "2026-06-08", lines: Array(at ? 200 : 201).fill(valid) })],
    ["lines at least", (at) => ({ date: "2026-06-08", lines: Array(at ? 2 : 1).fill(valid) })],
    ["the largest amount", (at) => withLine({ amount: at ? 2 ** 53 - 1 : 2 ** 53 })],
  ])("%s: both checks have the same bound", (_, body) => {
    for (const [inside, expected] of [
      [true, true],
      [false, false],
    ] as const) {
      expect(acceptEntry(body(inside))).toBe(expected);
      expect(JournalEntryRequest.safeParse(body(inside)).success).toBe(expected);
    }
  });

  test.each([
    ["padded code", withLine({ accountCode: " 1" })],
    ["padded tag", withLine({ tags: ["t\u00a0"] })],
    ["upper-case id", withLine({ contactId: "01980C1E-7E0C-7ABC-9DEF-0123456789AC" })],
    ["padded reference", { ...withLine({}), reference: " r " }],
  ])("a %s is normalized, as the schema does", (_, body) => {
    expect(acceptEntry(body)).toBe(false);
    expect(acceptEntry(normalizedEntry(body))).toBe(true);
    expect(EntryInput.parse(body)).toEqual(JournalEntryRequest.parse(body));
  });

  test.each([
    ["conditions", withLine({ conditions: { expectedVersion: 0, minPosted: -1, maxPosted: 5, minAvailable: 1, maxAvailable: 2 } })],
    ["no condition", withLine({ conditions: {} })],
    ["the nil id", withLine({ contactId: "00000000-0000-0000-0000-000000000000" })],
    ["the largest id", withLine({ contactId: "ffffffff-ffff-ffff-ffff-ffffffffffff" })],
    ["as many code points as there may be", withLine({ accountCode: "😀".repeat(50) })],
  ])("%s: valid, and taken without the schema", (_, body) => {
    expect(acceptEntry(body)).toBe(true);
    expect(JournalEntryRequest.safeParse(body)).toEqual({ success: true, data: body });
    expect(acceptEntry(withLine({ accountCode: "😀".repeat(51) }))).toBe(false);
  });

  test("a batch names the fault's place, takes valid entries as they are and normalizes what may be normalized", () => {
    const entryOf = (amountMinor: unknown) => ({
      date: "2026-06-08",
      lines: [valid, { accountCode: " 2 ", side: "credit", amount: amountMinor }],
    });
    const refused = JournalBatchRequest.safeParse({ mode: "each", entries: [entryOf(1), entryOf(0), { ...entryOf(1), ledgerId: "x" }] });
    expect(refused.error?.issues.map((issue) => issue.path)).toEqual([
      ["entries", 1, "lines", 1, "amount"],
      ["entries", 2],
    ]);
    expect(JournalBatchRequest.parse({ mode: "each", entries: [entryOf(1)] }).entries[0]?.lines[1]?.accountCode).toBe("2");
  });

  test("a million faults are not all described", () => {
    const lines = Array(1_000_000).fill(0);
    expect(EntryInput.safeParse({ date: "2026-06-08", lines }).error?.issues).toHaveLength(1);
    const entries = Array(10_000).fill({ date: "2026-06-08", lines: Array(200).fill(0) });
    expect(JournalBatchRequest.safeParse({ mode: "each", entries }).error?.issues.length).toBeLessThan(300);
    expect(JournalBatchRequest.safeParse({ mode: "each", entries: Array(10_001).fill(0) }).error?.issues).toHaveLength(1);
  });

  test("a batch of more than 40,000 lines is refused", () => {
    const entries = Array(201).fill({ date: "2026-06-08", lines: Array(200).fill(valid) });
    expect(JournalBatchRequest.safeParse({ mode: "each", entries }).error?.issues[0]?.path).toEqual(["entries"]);
  });
});
