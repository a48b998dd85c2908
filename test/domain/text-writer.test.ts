import fc from "fast-check";
import { expect, test } from "vitest";
import { TextWriter } from "../../src/kernel/text-writer.ts";
import { seeded } from "../support/seed.ts";

type Piece = { readonly write: (out: TextWriter) => void; readonly text: string };

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", '"', "\\", "\u0000", "\ufeff", "é", "漢字", "😀", "plain"),
);
const anyInteger = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, 9, 10, -1, 999_999_999, 1_000_000_000, 2 ** 53 - 1, 1 - 2 ** 53),
);
const anyPiece: fc.Arbitrary<Piece> = fc.oneof(
  fc.string({ unit: "grapheme-ascii" }).map((text) => ({ text, write: (out: TextWriter) => out.ascii(text) })),
  anyText.map((text) => ({ text: text.toWellFormed(), write: (out: TextWriter) => out.text(text) })),
  anyText.map((text) => ({ text: JSON.stringify(text), write: (out: TextWriter) => out.jsonString(text) })),
  anyInteger.map((value) => ({ text: String(value), write: (out: TextWriter) => out.integer(value) })),
);
const anyPieces = fc.array(anyPiece, { maxLength: 30 });

function decoded(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

test("pieces are written as the text that they are together, in UTF-8, and counted as a string counts them", () => {
  fc.assert(
    fc.property(anyPieces, fc.integer({ min: 0, max: 40 }), (pieces, capacity) => {
      const out = new TextWriter(capacity);
      for (let times = 0; times < 2; times++) {
        out.clear();
        for (const { write } of pieces) write(out);
        const text = pieces.map((piece) => piece.text).join("");
        expect(decoded(out.bytes())).toBe(text);
        expect(out.string()).toBe(text);
        expect(out.length).toBe(text.length);
      }
    }),
    seeded(500),
  );
});

test("a number that is known later stands where it was left room for, however long it is", () => {
  fc.assert(
    fc.property(anyPieces, fc.nat(999_999_999), anyPieces, fc.integer({ min: 0, max: 40 }), (before, value, after, capacity) => {
      const out = new TextWriter(capacity);
      for (const { write } of before) write(out);
      const place = out.leaveNumber();
      const start = out.end;
      for (const { write } of after) write(out);
      const end = out.end;
      const moved = out.fillNumber(place, value);
      expect(decoded(out.bytes())).toBe([...before.map(({ text }) => text), String(value), ...after.map(({ text }) => text)].join(""));
      expect(decoded(out.bytes(start + moved, end + moved))).toBe(after.map(({ text }) => text).join(""));
      expect(out.end).toBe(end + moved);
    }),
    seeded(500),
  );
});
