import { describe, expect, test } from "vitest";
import type { Command } from "../../src/ledger/domain/command.ts";
import { cashSale, cashSaleAccounts, openAccount } from "../support/ledger-steps.ts";
import { foldLog, type MemoryLedger, memoryLedger } from "../support/memory-ledger.ts";

const { kind: _kind, ...fields } = cashSale;
const draft: Command = { ...fields, kind: "create_draft" };
const hold: Command = { ...fields, kind: "place_hold" };
const freeze = (removal: number): Command => ({ kind: "freeze_ledger", removal });
const thaw = (removal: number): Command => ({ kind: "thaw_ledger", removal });
const retire = (removal: number): Command => ({ kind: "retire_ledger", removal });

/** Books with accounts and nothing else, after whatever commands. */
function books(...commands: readonly Command[]): MemoryLedger {
  const ledger = memoryLedger();
  for (const command of [...cashSaleAccounts, ...commands]) expect(ledger.write([command]).refused, command.kind).toBeUndefined();
  return ledger;
}

/** What a command comes to: the kind of its fact, `existing`, or why it is refused. */
function outcome(ledger: MemoryLedger, command: Command): string {
  const { items, refused } = ledger.write([command]);
  const [item] = items;
  if (refused !== undefined) return refused.code;
  return item !== undefined && "facts" in item ? (item.facts[0]?.kind ?? "nothing") : "existing";
}

const openDraftId = (ledger: MemoryLedger) => ledger.drafts()[0]?.id ?? "";
const openHoldId = (ledger: MemoryLedger) => ledger.holds()[0]?.id ?? "";

describe("a freeze", () => {
  test.each([
    ["no entry, draft or hold", [], "ledger_frozen"],
    ["an entry", [cashSale], "IN_USE"],
    ["a draft", [draft], "IN_USE"],
    ["an open hold", [hold], "IN_USE"],
    ["a lock and a policy", [{ kind: "set_approval_policy", policy: "required" }], "ledger_frozen"],
  ] as const)("of books with %s: %3$s", (_, commands, code) => {
    expect(outcome(books(...commands), freeze(1))).toBe(code);
  });

  test("is not refused for a draft that was voided or a hold that was released, which leave nothing open", () => {
    const drafted = books(draft);
    drafted.write([{ kind: "reverse_entry", entryId: openDraftId(drafted), void: true, reason: "a mistake" }]);
    expect(outcome(drafted, freeze(1))).toBe("ledger_frozen");
    const held = books(hold);
    held.write([{ kind: "release_hold", holdId: openHoldId(held) }]);
    expect(outcome(held, freeze(1))).toBe("ledger_frozen");
  });

  test("is refused for an entry that was reversed: it stands for ever", () => {
    const ledger = books(cashSale);
    const entryId = ledger.write([{ ...cashSale, externalId: "x" }]).items.length > 0 ? ledger.entries()[0] : undefined;
    expect(entryId).toBeDefined();
    expect(outcome(ledger, freeze(1))).toBe("IN_USE");
  });

  test("sees what the same write has done before it", () => {
    const ledger = books();
    expect(ledger.write([cashSale, freeze(1)]).refused?.code).toBe("IN_USE");
    expect(ledger.write([draft, freeze(1)]).refused?.code).toBe("IN_USE");
    expect(ledger.write([hold, freeze(1)]).refused?.code).toBe("IN_USE");
    expect(ledger.standing).toEqual({ status: "open", removal: 0 });
  });
});

describe("how a ledger stands", () => {
  /** Commands, and what the last of them comes to. */
  const cases: readonly (readonly [string, readonly Command[], Command, string])[] = [
    ["open", [], retire(1), "ledger_retired"],
    ["open", [], thaw(1), "ledger_thawed"],
    ["frozen", [freeze(1)], cashSale, "LEDGER_FROZEN"],
    ["frozen", [freeze(1)], openAccount("more", "bank"), "LEDGER_FROZEN"],
    ["frozen", [freeze(1)], { kind: "set_approval_policy", policy: "required" }, "LEDGER_FROZEN"],
    ["frozen", [freeze(1)], freeze(1), "existing"],
    ["frozen", [freeze(1)], freeze(2), "ledger_frozen"],
    ["frozen by a later removal", [freeze(2)], freeze(1), "IN_USE"],
    ["frozen by a later removal", [freeze(2)], thaw(1), "existing"],
    ["frozen", [freeze(1)], thaw(1), "ledger_thawed"],
    ["frozen", [freeze(1)], thaw(2), "ledger_thawed"],
    ["frozen", [freeze(1)], retire(1), "ledger_retired"],
    ["thawed", [freeze(1), thaw(1)], cashSale, "entry_posted"],
    ["thawed", [freeze(1), thaw(1)], freeze(1), "IN_USE"],
    ["thawed", [freeze(1), thaw(1)], freeze(2), "ledger_frozen"],
    ["thawed", [freeze(1), thaw(1)], thaw(1), "existing"],
    ["thawed before the freeze came", [thaw(1)], freeze(1), "IN_USE"],
    ["in use", [cashSale], thaw(1), "existing"],
    ["in use", [cashSale, draft, hold], retire(1), "ledger_retired"],
    ["retired", [retire(1)], cashSale, "LEDGER_RETIRED"],
    ["retired", [retire(1)], openAccount("more", "bank"), "LEDGER_RETIRED"],
    ["retired", [retire(1)], freeze(2), "LEDGER_RETIRED"],
    ["retired", [retire(1)], thaw(2), "existing"],
    ["retired", [retire(1)], retire(2), "existing"],
  ];
  test.each(cases)("%s: %j, then %j gives %s", (_, before, command, code) => {
    const ledger = books(...before);
    expect(outcome(ledger, command)).toBe(code);
    expect(foldLog(ledger.log).snapshot()).toBe(ledger.snapshot());
  });
});
