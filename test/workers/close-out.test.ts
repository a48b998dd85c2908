import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { refByCode } from "../../src/ledger/domain/command.ts";
import type { Command, PostEntry } from "../../src/ledger/rpc.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { holdClock, newLedger } from "../support/ledger-under-test.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

function entry(amount: number, more: Partial<PostEntry> = {}): PostEntry {
  return {
    kind: "post_entry",
    date: "2026-06-08",
    lines: [
      { account: refByCode("cash"), side: "debit", amount },
      { account: refByCode("sales"), side: "credit", amount },
    ],
    ...more,
  };
}

const opening: readonly Command[] = [openAccount("cash", "bank"), openAccount("sales", "income")];

describe("a ledger that is closed out", () => {
  test("goes on in the next generation with its balances, sequence and seal, and is read across both", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    const first = await ledger.written([entry(5, { externalId: "po-1" })], { idempotencyKey: "k" });
    const head = await ledger.read({ kind: "head" });
    await ledger.closeOut();
    const accountId = opened.data[0].id;
    expect(await ledger.read({ kind: "balance", accountId })).toMatchObject({ balance: 5, version: 1 });
    const second = await ledger.written([entry(7)]);
    expect(second.sequence).toBeGreaterThan(head.sequence);
    expect(await ledger.read({ kind: "balance", accountId })).toMatchObject({ balance: 12, version: 2 });
    expect(await ledger.read({ kind: "balance", accountId, asOf: "2026-06-30" })).toMatchObject({ balance: 12 });
    expect(await ledger.read({ kind: "balance", accountId, knownAt: head.sequence })).toMatchObject({ balance: 5 });
    expect(await ledger.read({ kind: "entry", entryId: first.id })).toEqual(first);
    const { data, totalCount } = await ledger.read({ kind: "entries", order: "sequence", direction: "asc", limit: 9 });
    expect(data).toEqual([first, second]);
    expect(totalCount).toBe(2);
    expect(await ledger.write([entry(5, { externalId: "po-1" })])).toMatchObject({ outcome: "existing" });
    expect(await ledger.write([entry(5, { externalId: "po-1" })], { idempotencyKey: "k" })).toMatchObject({
      outcome: "replayed",
      body: JSON.stringify(first),
    });
  });
});
