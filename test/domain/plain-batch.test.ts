import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchBodies, shapes } from "../../bench/bodies.ts";
import { entryCommands } from "../../src/features/journal/entry-command.ts";
import { readPlainBatch } from "../../src/features/journal/fast/plain-batch.ts";
import { JournalBatchRequest } from "../../src/features/journal/schemas.ts";
import { parseJson } from "../../src/http/parse-json.ts";
import { dateOfDay } from "../../src/kernel/calendar-date.ts";
import { addressesOf } from "../../src/kernel/id.ts";
import { encodeCommands } from "../../src/ledger/command-columns.ts";
import { seeded } from "../support/seed.ts";

/** What the parser and the schema make of a text, as columns. Throws where they refuse it. */
function readSlowly(text: string) {
  const { entries, ...batch } = JournalBatchRequest.parse(parseJson(text));
  return { ...batch, commands: encodeCommands(entryCommands(entries)) };
}

const plainLine = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("A0001", "A0002", "6100", "a b", "x".repeat(50), "~") },
  {
    weight: 1,
    arbitrary: fc
      .string({ minLength: 1, maxLength: 20 })
      .map((text) => text.replace(/["\\]/g, "'").trim())
      .filter((text) => text !== ""),
  },
);
const anyLine = fc.oneof(
  { weight: 15, arbitrary: plainLine },
  { weight: 1, arbitrary: fc.constantFrom("é", "😀", "a\u00a0b", '"', "\\", "ÿ") },
);
const amount = fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const optional = { requiredKeys: [] };
const fields = (...parts: fc.Arbitrary<object>[]) => fc.tuple(...parts).map((of): object => Object.assign({}, ...of));
/** Batches of up to so many entries, with so many lines. */
function batchesOf(line: fc.Arbitrary<string>, length: number): fc.Arbitrary<object> {
  const entryLine = fields(
    fc.oneof(fc.record({ accountCode: line }), fc.record({ accountId: fc.uuid() }), fc.record({ accountExternalId: line })),
    fc.record({ side: fc.constantFrom("debit", "credit"), amount }),
  );
  const entry = fields(
    fc.record({
      date: fc.constantFrom("2026-01-01", "2024-02-29", "1900-01-01", "9999-12-31"),
      lines: fc.array(entryLine, { minLength: 2, maxLength: length }),
    }),
    fc.record({ description: fc.oneof(line, fc.constantFrom("", " padded ")), reference: line, externalId: line }, optional),
  );
  return fields(
    fc.record({ mode: fc.constantFrom("atomic", "each"), entries: fc.array(entry, { minLength: 1, maxLength: length }) }),
    fc.record({ entityId: fc.uuid(), ledgerId: fc.uuid(), currency: fc.constantFrom("USD", "EUR", "x".repeat(12)) }, optional),
  );
}

/** Numbers that decide how a value is written, over and over. */
const choices = fc.array(fc.nat({ max: 0xffff }), { minLength: 1, maxLength: 60 });

/** JSON with white space, the order of keys and, where asked for, escapes as chosen. */
function written(value: unknown, numbers: readonly number[], escapes: boolean): string {
  let used = 0;
  const choose = (of: number) => (numbers[used++ % numbers.length] ?? 0) % of;
  const spaces = ["", "", "", "", " ", "\n", "\r\n", "\t  "];
  const space = () => spaces[choose(spaces.length)] ?? "";
  const textOf = (text: string) =>
    JSON.stringify(text).replace(/[a-z0-9]/g, (char) =>
      escapes && choose(40) === 0 ? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}` : char,
    );
  const list = (open: string, items: readonly string[], close: string) =>
    `${open}${items.map((item) => space() + item + space()).join(",")}${close}`;
  const write = (of: unknown): string => {
    if (Array.isArray(of)) return list("[", of.map(write), "]");
    if (typeof of !== "object" || of === null) return typeof of === "string" ? textOf(of) : JSON.stringify(of);
    const keys = Object.entries(of);
    const order = keys.map((key) => [choose(100), key] as const).sort(([a], [b]) => a - b);
    return list(
      "{",
      order.map(([, [key, item]]) => `${textOf(key)}${space()}:${space()}${write(item)}`),
      "}",
    );
  };
  return space() + write(value) + space();
}
const isPlainlyWritten = (text: string) => /^[\n\r\t\x20-\x7e]*$/.test(text) && !text.includes("\\");

const utf8 = new TextEncoder();

function readPlain(text: string) {
  return readPlainBatch(text, utf8.encode(text));
}

describe("a batch read from its text", () => {
  test("gives the columns that the parser and the schema give, and reads whatever is plainly written", () => {
    let plain = 0;
    fc.assert(
      fc.property(batchesOf(anyLine, 5), choices, fc.boolean(), (body, numbers, escapes) => {
        const text = written(body, numbers, escapes);
        const read = readPlain(text);
        expect(read !== undefined).toBe(isPlainlyWritten(text));
        if (read === undefined) return;
        plain += 1;
        expect(read).toEqual(readSlowly(text));
        // The same batch, however it is written: an idempotency key that was first sent with one is repeated with the other.
        expect(read).toEqual(readSlowly(written(body, [...numbers].reverse(), true)));
      }),
      seeded(2_000),
    );
    expect(plain).toBeGreaterThan(300);
  });

  test.each(Object.entries(shapes))("reads the bench's bodies: %s", (_, shape) => {
    const text = String(batchBodies(shape, 1_000, 1, 0)[0]);
    expect(readPlain(text)).toEqual(readSlowly(text));
  });

  const odd = [..."\"\\{}[]:,-+.eE0123456789 \n\t\0\u007fé\u2028\ufeff\ud800\udc00'/*xntu"];
  const numbers = ["1.0", "1e3", "1E0", "01", "00", "-5", "-0", "+1", ".5", "0x1", "1_0", "9007199254740991", "9007199254740992"].concat([
    "9007199254740993",
    "9999999999999999",
    "10000000000000001",
    "9007199254740991.4",
    "0",
    '"5"',
    "null",
    "true",
    "NaN",
    "1 1",
    "",
  ]);
  const names = [
    "date",
    "description",
    "reference",
    "externalId",
    "lines",
    "accountCode",
    "accountId",
    "side",
    "amount",
    "mode",
    "entries",
  ];
  const values = ["", " ", "1", " 1", "1 ", "a b", "\\\\", "2026-02-28", "2026-02-29", "debit", "credit", "each", "USD", "accountCode"];
  const mutation = fc.oneof(
    fc.record({ kind: fc.constantFrom("change" as const, "insert" as const), text: fc.constantFrom(...odd), at: fc.nat() }),
    fc.record({ kind: fc.constant("remove" as const), text: fc.constantFrom("x", "xx", "xxxxxxxx"), at: fc.nat() }),
    fc.record({ kind: fc.constant("double" as const), text: fc.constantFrom("x".repeat(4), "x".repeat(11), "x".repeat(30)), at: fc.nat() }),
    fc.record({ kind: fc.constant("number" as const), text: fc.constantFrom(...numbers), at: fc.nat() }),
    fc.record({
      kind: fc.constant("number" as const),
      text: fc
        .oneof(fc.nat(), fc.bigInt({ min: 2n ** 53n - 20n, max: 2n ** 53n + 20n }), fc.bigInt({ min: 0n, max: 10n ** 18n }))
        .map(String),
      at: fc.nat(),
    }),
    fc.record({ kind: fc.constant("value" as const), text: fc.constantFrom(...values), at: fc.nat() }),
    fc.record({ kind: fc.constant("key" as const), text: fc.constantFrom(...names, "memo", "__proto__", "metadata"), at: fc.nat() }),
    fc.record({ kind: fc.constant("member" as const), text: fc.constantFrom(...names), at: fc.nat() }),
    fc.record({ kind: fc.constant("end" as const), text: fc.constantFrom("", "}", " ", "x", "\0", "{}", ","), at: fc.nat() }),
  );
  /** The text with the match whose turn it is replaced. */
  const replaced = (text: string, pattern: RegExp, at: number, by: (match: string) => string) => {
    const found = [...text.matchAll(pattern)];
    const one = found[at % found.length];
    return one === undefined ? text : text.slice(0, one.index) + by(one[0]) + text.slice(one.index + one[0].length);
  };
  const mutated = (text: string, { kind, text: more, at: anywhere }: { kind: string; text: string; at: number }): string => {
    const at = anywhere % (text.length + 1);
    switch (kind) {
      case "change":
        return text.slice(0, at) + more + text.slice(at + 1);
      case "insert":
        return text.slice(0, at) + more + text.slice(at);
      case "remove":
        return text.slice(0, at) + text.slice(at + more.length);
      case "double":
        return text.slice(0, at + more.length) + text.slice(at);
      case "number":
        return replaced(text, /(?<=:\s*)\d+/g, anywhere, () => more);
      case "value":
        return replaced(text, /(?<=:\s*)"[^"]*"/g, anywhere, () => `"${more}"`);
      case "key":
        return replaced(text, /"\w+"(?=\s*:)/g, anywhere, () => `"${more}"`);
      case "member":
        return replaced(text, /"\w+"\s*:\s*(?:"[^"]*"|\d+)/g, anywhere, (match) => `${match},${match}`);
      default:
        return at % 2 === 0 ? text + more : text.slice(0, at);
    }
  };

  test("reads no text that the parser or the schema would refuse, and none as they would not", () => {
    let plain = 0;
    fc.assert(
      fc.property(batchesOf(plainLine, 2), choices, fc.array(mutation, { minLength: 1, maxLength: 2 }), (body, how, mutations) => {
        const text = mutations.reduce(mutated, written(body, how, false));
        const read = readPlain(text);
        if (read === undefined) return;
        plain += 1;
        expect(read).toEqual(readSlowly(text));
      }),
      seeded(20_000),
    );
    expect(plain).toBeGreaterThan(1_000);
  });

  const two = '[{"accountCode":"1","side":"debit","amount":5},{"accountCode":"2","side":"credit","amount":5}]';
  const entryText = `{"date":"2026-01-01","lines":${two}}`;
  const batchOf = (entries: string, more = "") => `{"mode":"each","entries":[${entries}]${more}}`;
  const lines = (count: number, first?: number) =>
    `[${Array.from({ length: count }, (_, i) => `{"accountCode":"${(first ?? 1 - i) + i}","side":"debit","amount":5}`).join()}]`;
  const entries = (count: number, text = entryText) => Array(count).fill(text).join();
  /** 200 lines with ids as a ledger gives them out. */
  const ids = (first: number) => {
    const idOf = addressesOf(Date.UTC(2026, 0, 1), 7, "entry").whole;
    return `[${Array.from({ length: 200 }, (_, i) => `{"accountId":"${idOf(first + i)}","side":"debit","amount":5}`).join()}]`;
  };
  const withLine = (text: string) => batchOf(`{"date":"2026-01-01","lines":[{"accountCode":"1","side":"debit","amount":5},${text}]}`);
  const withAmount = (text: string) => withLine(`{"accountCode":"2","side":"credit","amount":${text}}`);
  const withCode = (text: string) => withLine(`{"accountCode":"${text}","side":"credit","amount":5}`);
  const withField = (text: string) => batchOf(`{"date":"2026-01-01",${text},"lines":${two}}`);
  const id = "01980c1e-7e0c-7abc-9def-0123456789ab";

  test.each<[string, string]>([
    ["one entry", batchOf(entryText)],
    ["white space before and behind", ` \n\r\t${batchOf(entryText)}\n`],
    ["an entity, a ledger and a currency", batchOf(entryText, `,"entityId":"${id}","ledgerId":"${id}","currency":"USD"`)],
    ["accounts by id", withLine(`{"accountId":"${id}","side":"credit","amount":5}`)],
    ["a code, an id and an external id that say the same", withLine(`{"accountExternalId":"1","side":"credit","amount":5}`)],
    ["the largest amount", withAmount("9007199254740991")],
    ["200 lines", batchOf(`{"date":"2026-01-01","lines":${lines(200)}}`)],
    ["10,000 entries", batchOf(entries(10_000))],
    ["40,000 lines", batchOf(entries(200, `{"date":"2026-01-01","lines":${lines(200)}}`))],
    ["40,000 accounts", batchOf(Array.from({ length: 200 }, (_, i) => `{"date":"2026-01-01","lines":${lines(200, i * 200)}}`).join())],
    ["40,000 accounts by id", batchOf(Array.from({ length: 200 }, (_, i) => `{"date":"2026-01-01","lines":${ids(i * 200)}}`).join())],
    ["every day of 27 years", batchOf(Array.from({ length: 10_000 }, (_, i) => `{"date":"${dateOfDay(i)}","lines":${two}}`).join())],
    ["an empty description", withField('"description":""')],
    ["a description of 1,000 characters", withField(`"description":"${"x".repeat(1_000)}"`)],
    ["a reference of 200 characters", withField(`"reference":"${"x".repeat(200)}"`)],
    ["an externalId of 200 characters", withField(`"externalId":"${"x".repeat(200)}"`)],
    ["a code of 50 characters", withCode("x".repeat(50))],
    ["every printable character that needs no escape", withCode("!#$%&'()*+,-./0:;<=>?@A[]^_`a{|}~")],
  ])("%s is read", (_, text) => {
    expect(readPlain(text)).toEqual(readSlowly(text));
  });

  test.each<[string, string]>([
    ["a description with an escape", withField('"description":"a\\n"')],
    ["a description beyond ASCII", withField('"description":"é"')],
    ["a padded code", withCode(" 2")],
    ["a code padded behind", withCode("2 ")],
    ["an upper-case id", withLine(`{"accountId":"${id.toUpperCase()}","side":"credit","amount":5}`)],
    ["an amount with a fraction of nothing", withAmount("5.0")],
    ["an amount with an exponent", withAmount("5e0")],
    ["a memo", withLine('{"accountCode":"2","side":"credit","amount":5,"memo":"m"}')],
    ["metadata", withField('"metadata":{"a":"b"}')],
    ["an entry that replaces another", withField(`"replaces":"${id}"`)],
    ...["date", "description", "reference", "externalId"].map((key): [string, string] => [
      `${key} twice`,
      batchOf(`{"date":"2026-01-01","description":"a","reference":"a","externalId":"a","lines":${two},"${key}":"2026-01-02"}`),
    ]),
    ...['"accountCode":"2"', '"side":"credit"', '"amount":5'].map((member): [string, string] => [
      `${member} twice`,
      withLine(`{"accountCode":"2","side":"credit","amount":5,${member}}`),
    ]),
    ...[`"entityId":"${id}"`, `"ledgerId":"${id}"`, '"currency":"USD"'].map((member): [string, string] => [
      `${member} twice`,
      batchOf(entryText, `,${member},${member}`),
    ]),
    ["lines that are there twice", withField(`"lines":${two}`)],
    ["entries that are there twice", batchOf(entryText, `,"entries":[${entryText}]`)],
    ["a mode that is there twice", batchOf(entryText, ',"mode":"atomic"')],
  ])("%s is left to the schema, which takes it", (_, text) => {
    expect(readPlain(text)).toBeUndefined();
    expect(() => readSlowly(text)).not.toThrow();
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["white space alone", " \n"],
    ["a byte order mark", `\ufeff${batchOf(entryText)}`],
    ["something behind the end", `${batchOf(entryText)}x`],
    ["a NUL behind the end", `${batchOf(entryText)}\0`],
    ["a second batch", batchOf(entryText).repeat(2)],
    ["a form feed for white space", `\f${batchOf(entryText)}`],
    ["a no-break space for white space", `\u00a0${batchOf(entryText)}`],
    ["a batch in a list", `[${batchOf(entryText)}]`],
    ["deep nesting", "[".repeat(100_000)],
    ["deep nesting in a batch", `{"mode":"each","entries":${"[".repeat(100_000)}`],
    ["deep nesting in an entry", batchOf('{"lines":'.repeat(50_000))],
    ["an empty object", "{}"],
    ["no mode", `{"entries":[${entryText}]}`],
    ["another mode", `{"mode":"all","entries":[${entryText}]}`],
    ["no entries", '{"mode":"each"}'],
    ["an empty list of entries", batchOf("")],
    ["a comma too many", batchOf(`${entryText},`)],
    ["a comma too few", batchOf(`${entryText}${entryText}`)],
    ["10,001 entries", batchOf(entries(10_001))],
    ["40,002 lines", batchOf(`${entries(200, `{"date":"2026-01-01","lines":${lines(200)}}`)},${entryText}`)],
    ["201 lines", batchOf(`{"date":"2026-01-01","lines":${lines(201)}}`)],
    ["one line", batchOf(`{"date":"2026-01-01","lines":${lines(1)}}`)],
    ["no line", batchOf('{"date":"2026-01-01","lines":[]}')],
    ["no lines", batchOf('{"date":"2026-01-01"}')],
    ["no date", batchOf(`{"lines":${two}}`)],
    ["a date that does not exist", batchOf(`{"date":"2025-02-29","lines":${two}}`)],
    ["a date before the calendar", batchOf(`{"date":"1899-12-31","lines":${two}}`)],
    ["an unknown field", withField('"memo":"m"')],
    ["a null", withField('"reference":null')],
    ["NUL in a text", withCode("a\0b")],
    ["a line feed in a text", withField('"description":"a\nb"')],
    ["DEL in a text", withCode("a\u007fb")],
    ["half a character", withCode("\ud800")],
    ["an empty code", withCode("")],
    ["a blank code", withCode(" ")],
    ["a code of 51 characters", withCode("x".repeat(51))],
    ["a description of 1,001 characters", withField(`"description":"${"x".repeat(1_001)}"`)],
    ["a reference of 201 characters", withField(`"reference":"${"x".repeat(201)}"`)],
    ["an externalId of 201 characters", withField(`"externalId":"${"x".repeat(201)}"`)],
    ["a currency of two letters", batchOf(entryText, ',"currency":"US"')],
    ["a currency of 13 letters", batchOf(entryText, `,"currency":"${"X".repeat(13)}"`)],
    ["an entity that is no id", batchOf(entryText, ',"entityId":"1"')],
    ["an account that is no id", withLine('{"accountId":"1","side":"credit","amount":5}')],
    ["an account named twice", withLine(`{"accountCode":"1","accountId":"${id}","side":"credit","amount":5}`)],
    ["no account", withLine('{"side":"credit","amount":5}')],
    ["no side", withLine('{"accountCode":"1","amount":5}')],
    ["another side", withLine('{"accountCode":"1","side":"CREDIT","amount":5}')],
    ["no amount", withLine('{"accountCode":"1","side":"credit"}')],
    ...["0", "-5", "-0", "01", "00", "+5", "1.5", "5.", ".5", "5e", "1e-1", "0x5", "5_0", "5 0", '"5"', "null", "true", "NaN", ""]
      .concat("9007199254740992", "9007199254740993", "9999999999999999", "10000000000000001", "9".repeat(400))
      .map((amountText): [string, string] => [`an amount of ${amountText.slice(0, 20) || "nothing"}`, withAmount(amountText)]),
  ])("%s is refused by both", (_, text) => {
    expect(readPlain(text)).toBeUndefined();
    expect(() => readSlowly(text)).toThrow();
  });

  test("codes made so that their hashes meet are left to the schema, which takes them", () => {
    const meeting: string[] = [];
    for (let i = 0; meeting.length < 40; i++) {
      const code = `${i}`;
      let hash = 0x811c9dc5;
      for (let at = 0; at < code.length; at++) hash = Math.imul(hash ^ code.charCodeAt(at), 0x01000193);
      if (((hash ^ (hash >>> 15)) & 0x3fff) === 0) meeting.push(code);
    }
    const textOf = (accounts: readonly string[]) =>
      batchOf(`{"date":"2026-01-01","lines":[${accounts.map((code) => `{"accountCode":"${code}","side":"debit","amount":5}`).join()}]}`);
    expect(readPlain(textOf(meeting.slice(0, 30)))).toEqual(readSlowly(textOf(meeting.slice(0, 30))));
    expect(readPlain(textOf(meeting))).toBeUndefined();
    expect(() => readSlowly(textOf(meeting))).not.toThrow();
  });

  test("a text that ends anywhere is not read", () => {
    const text = batchOf(entryText, `,"entityId":"${id}"`);
    for (let end = 0; end < text.length; end++) expect(readPlain(text.slice(0, end))).toBeUndefined();
  });
});
