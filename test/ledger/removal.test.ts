import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Command } from "../../src/ledger/rpc.ts";
import { cashSale, cashSaleAccounts, openAccount } from "../support/ledger-steps.ts";
import { holdClock, type LedgerUnderTest, newLedger, setClock } from "../support/ledger-under-test.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

const { kind: _kind, ...fields } = cashSale;

async function codeOf(ledger: LedgerUnderTest, ...commands: readonly Command[]): Promise<string> {
  const outcome = await ledger.write(commands, { answer: "minimal" });
  return outcome.outcome === "refused" ? outcome.failure.code : outcome.outcome;
}

/** Books with two accounts and whatever else. */
async function books(...commands: readonly Command[]): Promise<LedgerUnderTest> {
  const ledger = newLedger();
  await ledger.written(cashSaleAccounts);
  for (const command of commands) await ledger.written([command]);
  return ledger;
}

/** What is wrong with the logs of both generations of a ledger that was closed out once. */
async function faultsOfBoth(ledger: LedgerUnderTest): Promise<readonly string[] | undefined> {
  const { id } = await ledger.client.startVerification();
  for (let turn = 0; turn < 50 && (await ledger.client.verification(id))?.status === "running"; turn++)
    for (const generation of [0, 1]) {
      ledger.at(generation);
      await ledger.alarm();
    }
  return (await ledger.client.verification(id))?.result?.faults;
}

const freeze = { kind: "freeze_ledger", removal: 1 } as const;
const thaw = { kind: "thaw_ledger", removal: 1 } as const;
const retire = { kind: "retire_ledger", removal: 1 } as const;

describe("a ledger that is frozen", () => {
  test("answers every write LEDGER_FROZEN, one for all of a batch, and reads and replays as before", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(cashSaleAccounts, { idempotencyKey: "k" });
    expect(await codeOf(ledger, freeze)).toBe("written");
    for (const mode of ["atomic", "each"] as const)
      expect(await ledger.write([cashSale, cashSale], { mode })).toMatchObject({ outcome: "refused", failure: { code: "LEDGER_FROZEN" } });
    expect(await ledger.write([cashSale], { dryRun: true })).toMatchObject({ outcome: "refused", failure: { code: "LEDGER_FROZEN" } });
    expect(await ledger.write(cashSaleAccounts, { idempotencyKey: "k" })).toMatchObject({
      outcome: "replayed",
      body: JSON.stringify(opened),
    });
    expect(await ledger.read({ kind: "account", accountId: opened.data[0].id })).toMatchObject({ code: "cash" });
    await expect((async () => ledger.closeOut())()).rejects.toMatchObject({ failure: { code: "LEDGER_FROZEN" } });
  });

  test("stores no answer under the key of a write that it did not take", async () => {
    const ledger = await books();
    await codeOf(ledger, freeze);
    await ledger.write([cashSale], { idempotencyKey: "k" });
    await codeOf(ledger, thaw);
    expect(await ledger.write([cashSale], { idempotencyKey: "k" })).toMatchObject({ outcome: "written" });
  });

  test.each(["evict", "kill"] as const)("stays so after %s, and once its tables are rebuilt", async (end) => {
    const ledger = await books();
    await codeOf(ledger, freeze);
    await ledger[end]();
    expect(await codeOf(ledger, cashSale)).toBe("LEDGER_FROZEN");
    await ledger.inside((sql) => void sql.exec("DELETE FROM meta WHERE key IN ('standing', 'tables')"));
    await ledger.evict();
    expect(await codeOf(ledger, cashSale)).toBe("LEDGER_FROZEN");
    expect((await ledger.verify()).result).toMatchObject({ ok: true });
    expect(await codeOf(ledger, thaw)).toBe("written");
    expect(await codeOf(ledger, cashSale)).toBe("written");
    expect((await ledger.verify()).result).toMatchObject({ ok: true });
  });
});

describe("books in use are not frozen", () => {
  test("where an earlier generation has the entries", async () => {
    const ledger = await books(cashSale);
    await ledger.closeOut();
    expect(await codeOf(ledger, freeze)).toBe("IN_USE");
    await ledger.closeOut();
    await ledger.evict();
    expect(await codeOf(ledger, freeze)).toBe("IN_USE");
  });

  test.each(["create_draft", "place_hold"] as const)("by %s, in the same generation and in the next", async (kind) => {
    const ledger = await books({ ...fields, kind });
    expect(await codeOf(ledger, freeze)).toBe("IN_USE");
    await ledger.closeOut();
    expect(await codeOf(ledger, freeze)).toBe("IN_USE");
  });

  test("where the entry has been written to the index, and after a restart", async () => {
    const ledger = await books(cashSale);
    await ledger.evict();
    expect(await codeOf(ledger, freeze)).toBe("IN_USE");
  });
});

describe("a close-out", () => {
  test("carries a removal that was given up: its freeze stays refused", async () => {
    const ledger = await books();
    await codeOf(ledger, freeze);
    await codeOf(ledger, thaw);
    await ledger.closeOut();
    expect(await codeOf(ledger, freeze)).toBe("IN_USE");
    expect(await codeOf(ledger, { ...freeze, removal: 2 })).toBe("written");
    await ledger.evict();
    expect(await codeOf(ledger, cashSale)).toBe("LEDGER_FROZEN");
    expect(await faultsOfBoth(ledger)).toEqual([]);
  });
});

describe("a ledger that is retired", () => {
  test("takes nothing, shows nothing, replays nothing, and has no alarm", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(cashSaleAccounts);
    const posted = await ledger.written([cashSale], { idempotencyKey: "k" });
    await ledger.written([{ ...fields, kind: "place_hold", expiresAtMs: Date.now() + 3_600_000 }]);
    await ledger.client.startVerification();
    expect(await ledger.inside((_, state) => state.storage.getAlarm())).not.toBeNull();
    expect(await codeOf(ledger, retire)).toBe("written");
    expect(await ledger.inside((_, state) => state.storage.getAlarm())).toBeNull();
    const head = await ledger.read({ kind: "head" });
    setClock(Date.now() + 7_200_000);
    expect(await ledger.write([cashSale], { idempotencyKey: "k" })).toMatchObject({ failure: { code: "LEDGER_RETIRED" } });
    for (const command of [cashSale, openAccount("more", "bank"), freeze]) expect(await codeOf(ledger, command)).toBe("LEDGER_RETIRED");
    for (const query of [
      { kind: "entry", entryId: posted.id },
      { kind: "account", accountId: opened.data[0].id },
      { kind: "balances", limit: 10 },
    ] as const)
      await expect((async () => ledger.client.readText(query))()).rejects.toMatchObject({ failure: { code: "NOT_FOUND" } });
    await expect((async () => ledger.closeOut())()).rejects.toMatchObject({ failure: { code: "LEDGER_RETIRED" } });
    await ledger.evict();
    expect(await codeOf(ledger, cashSale)).toBe("LEDGER_RETIRED");
    expect(await ledger.read({ kind: "head" })).toEqual(head);
    expect(await ledger.inside((_, state) => state.storage.getAlarm())).toBeNull();
  });

  test("is retired in a later generation as in the first, and again changes nothing", async () => {
    const ledger = await books(cashSale);
    await ledger.closeOut();
    expect(await codeOf(ledger, retire)).toBe("written");
    expect(await codeOf(ledger, { ...retire, removal: 9 })).toBe("existing");
    await ledger.kill();
    expect(await codeOf(ledger, cashSale)).toBe("LEDGER_RETIRED");
    expect(await faultsOfBoth(ledger)).toEqual([]);
  });
});

describe("a verification", () => {
  test("finds what was written while the ledger took nothing, and a standing that the log does not have", async () => {
    const ledger = await books();
    await codeOf(ledger, freeze);
    await ledger.inside((sql) => void sql.exec("UPDATE meta SET value = json_set(value, '$.status', 'open') WHERE key = 'standing'"));
    await ledger.evict();
    expect((await ledger.verify()).result?.faults.join()).toMatch(/is said to be open by removal 1, the log has frozen/);
    const { sequence } = await ledger.written([cashSale]);
    expect((await ledger.verify()).result?.faults.join()).toContain(`sequence ${sequence} was written while the ledger was frozen`);
  });
});
