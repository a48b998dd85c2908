import { describe, expect, test } from "vitest";
import type { EntryRequest } from "../../src/ledger/domain/command.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import { entryFields, holdFields, lineFields } from "../../src/ledger/domain/entry-fields.ts";
import { decodeFact } from "../../src/ledger/domain/fact-text.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { memoryLedger } from "../support/memory-ledger.ts";

const content: EntryRequest = {
  date: "2026-06-08",
  lines: [
    { account: refByCode("cash"), side: "debit", amount: 5 },
    { account: refByCode("sales"), side: "credit", amount: 5 },
  ],
};

/** The stored texts of a draft and of a hold that say nothing but what they must. */
function storedTexts() {
  const ledger = memoryLedger();
  ledger.write([openAccount("cash", "bank"), openAccount("sales", "income")]);
  ledger.write([
    { kind: "create_draft", ...content },
    { kind: "place_hold", ...content },
  ]);
  const [draft = "", hold = ""] = ledger.log.slice(-2).map(({ body }) => body);
  return { draft, hold };
}

describe("a stored draft or hold that is older than a field says nothing in it", () => {
  const { draft, hold } = storedTexts();
  const without = (text: string, name: string) => text.replaceAll(new RegExp(`,"${name}":(?:null|"journal")`, "g"), "");
  const names = [...Object.keys(entryFields), ...Object.keys(lineFields)];

  test.each([
    ...names.map((name) => ["a draft", name, draft] as const),
    ...[...names, ...Object.keys(holdFields)].filter((name) => hold.includes(`"${name}"`)).map((name) => ["a hold", name, hold] as const),
  ])("%s without %s", (_, name, text) => {
    const older = without(text, name);
    expect(older).not.toBe(text);
    expect(JSON.parse(older)).not.toEqual(JSON.parse(text));
    expect(decodeFact(older)).toEqual(decodeFact(text));
  });
});
