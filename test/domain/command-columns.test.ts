import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCommands, encodeCommands, fingerprintOf } from "../../src/ledger/command-columns.ts";
import { type Command, type PostEntry, refByCode, refByExternalId, refById } from "../../src/ledger/domain/command.ts";
import { seeded } from "../support/seed.ts";

/** Any UTF-16, halves of surrogate pairs, NUL and quotes included. */
const text = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units));
const anyText = fc.oneof(text, fc.string({ maxLength: 30 }), fc.constantFrom("", "é", "😀", "\ud800", "\udc00\ud800", '"\\', "\u0000"));
const optional = <T>(name: string, value: fc.Arbitrary<T>) =>
  fc.option(
    value.map((of) => ({ [name]: of })),
    { nil: {} },
  );
const fields = (...parts: fc.Arbitrary<object>[]) => fc.tuple(...parts).map((of) => Object.assign({}, ...of));

const line = fc
  .tuple(
    fc.record({
      account: fc.oneof(anyText.map(refByCode), anyText.map(refByExternalId), fc.uuid().map(refById), fc.constant(refByCode("1000"))),
      side: fc.constantFrom("debit" as const, "credit" as const),
      amount: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    }),
    fields(
      optional("memo", anyText),
      optional("contactId", fc.uuid()),
      optional("tags", fc.array(anyText, { maxLength: 3 })),
      optional("conditions", fields(optional("expectedVersion", fc.nat()), optional("minPosted", fc.integer()))),
    ),
  )
  .map(([plain, more]) => ({ ...plain, ...more }));

const entry: fc.Arbitrary<PostEntry> = fc
  .tuple(
    fc.record({
      kind: fc.constant("post_entry" as const),
      date: fc.constantFrom("2026-01-01", "2026-06-30", "9999-12-31"),
      lines: fc.array(line, { minLength: 2, maxLength: 6 }),
    }),
    fields(
      optional("description", anyText),
      optional("reference", anyText),
      optional("externalId", anyText),
      optional("metadata", fc.dictionary(anyText, anyText, { maxKeys: 3, noNullPrototype: true })),
      optional("source", fc.record({ type: anyText, id: anyText, step: anyText })),
      optional("module", fc.constantFrom("banking", "events")),
      optional("replaces", fc.uuid()),
    ),
  )
  .map(([plain, more]) => ({ ...plain, ...more }));

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: entry },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete_account" as const), accountId: fc.uuid() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("reverse_entry" as const), entryId: fc.uuid(), void: fc.boolean(), reason: anyText }),
  },
);
const options = { mode: "atomic", answer: "many" } as const;
const fingerprint = (commands: readonly Command[]) => fingerprintOf(encodeCommands(commands), options);
/** What the stub does to what crosses it. */
const crossed = (commands: readonly Command[]) => decodeCommands(structuredClone(encodeCommands(commands)));

describe("commands as columns", () => {
  test("come out as they went in, whatever their texts", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 8 }), (commands) => {
        const decoded = crossed(commands);
        expect(commands.map((_, i) => decoded.at(i))).toEqual(commands);
        expect(decoded.at(commands.length)).toBeUndefined();
        const entries = commands.filter((of) => of.kind === "post_entry");
        expect(decoded.length).toBe(commands.length);
        expect(decoded.lineCount).toBe(entries.reduce((sum, of) => sum + of.lines.length, 0));
      }),
      seeded(300),
    );
  });

  test("come out alike in any order of asking", () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (commands, places) => {
        const decoded = crossed(commands);
        for (const place of places) expect(decoded.at(place % commands.length)).toEqual(commands[place % commands.length]);
      }),
      seeded(300),
    );
  });

  test("come out whole wherever the block that they are written into is full", () => {
    const entryOf = (lines: number, refs: number): PostEntry => ({
      kind: "post_entry",
      date: "2026-01-01",
      lines: Array.from({ length: lines }, (_, i) => ({ account: refByCode(`${i % refs}`), side: "debit", amount: i + 1 })),
    });
    // Larger than what is reused: the next write begins with a new block.
    const dropped = [entryOf(140_000, 1)];
    for (let lines = 8_176; lines < 8_192; lines++) {
      for (const refs of [1, 2]) {
        for (const more of [[], [entryOf(2, refs)]]) {
          encodeCommands(dropped);
          const commands = [entryOf(lines, refs), ...more];
          const decoded = crossed(commands);
          expect(commands.map((_, i) => decoded.at(i))).toEqual(commands);
        }
      }
    }
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])("an amount of %d, which its sign could not carry, is a bug", (amount) => {
    const entryOf: PostEntry = {
      kind: "post_entry",
      date: "2026-01-01",
      lines: [
        { account: refByCode("a"), side: "debit", amount },
        { account: refByCode("b"), side: "credit", amount },
      ],
    };
    expect(() => encodeCommands([entryOf])).toThrow("assertion failed");
  });
});

describe("the fingerprint of a write", () => {
  test("is the same for commands that say the same, in whatever order their fields and metadata were given", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (entries) => {
        const turned = entries.map((of) => {
          const again = Object.fromEntries(Object.entries(of).reverse()) as unknown as PostEntry;
          return of.metadata === undefined
            ? again
            : { ...again, metadata: Object.fromEntries(Object.entries(of.metadata).reverse()) as Record<string, string> };
        });
        expect(fingerprint(turned)).toBe(fingerprint(entries));
      }),
      seeded(300),
    );
  });

  test("is another for any other commands, mode or answer", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 4 }), fc.array(command, { maxLength: 4 }), (some, others) => {
        const same = JSON.stringify(canonical(some)) === JSON.stringify(canonical(others));
        expect(fingerprint(some) === fingerprint(others)).toBe(same);
      }),
      seeded(300),
    );
    const empty = encodeCommands([]);
    expect(fingerprintOf(empty, { mode: "each", answer: "many" })).not.toBe(fingerprintOf(empty, options));
    expect(fingerprintOf(empty, { mode: "atomic", answer: "minimal" })).not.toBe(fingerprintOf(empty, options));
  });

  const base: PostEntry = {
    kind: "post_entry",
    date: "2026-01-01",
    description: "ab",
    reference: "c",
    lines: [
      { account: refByCode("12"), side: "debit", amount: 5 },
      { account: refByCode("3"), side: "credit", amount: 5 },
    ],
  };
  const withLine = (change: object): PostEntry => ({ ...base, lines: base.lines.map((of, i) => (i === 0 ? { ...of, ...change } : of)) });
  test.each<[string, PostEntry]>([
    ["a digit of an amount", withLine({ amount: 6 })],
    ["a side", withLine({ side: "credit" })],
    ["an account", withLine({ account: refByCode("1") })],
    ["the kind of an account's name", withLine({ account: refByExternalId("12") })],
    ["where one text ends and the next begins", { ...base, description: "a", reference: "bc" }],
    ["an empty text for none", { ...base, externalId: "" }],
    ["one half of a pair for another", { ...base, description: "\ud801" }],
    ["a memo", withLine({ memo: "" })],
    ["a condition", withLine({ conditions: { minPosted: 0 } })],
  ])("changes with %s", (_, changed) => {
    expect(fingerprint([changed])).not.toBe(fingerprint([base]));
    expect(fingerprint([changed])).not.toBe(fingerprint([{ ...base, description: "\ud800" }]));
  });
});

/** Fields in one order, for comparison. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, of]) => [key, canonical(of)]);
}
