import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { dayOf } from "../../src/kernel/calendar-date.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import type { Command } from "../../src/ledger/rpc.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { holdClock, newLedger } from "../support/ledger-under-test.ts";
import { preparer } from "../support/memory-ledger.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

const january = { startDay: dayOf("2026-01-01"), endDay: dayOf("2026-01-31"), module: "all", level: "hard", reason: "Reported" } as const;
const content = { policy: "required", locks: [january] } as const;
const entry = (date: string): Command => ({
  kind: "post_entry",
  date,
  lines: [
    { account: refByCode("cash"), side: "debit", amount: 1 },
    { account: refByCode("sales"), side: "credit", amount: 1 },
  ],
});

async function ledgerWithRecord(revision: number) {
  const ledger = newLedger();
  await ledger.written([openAccount("cash", "bank"), openAccount("sales", "income")]);
  const told = await ledger.written([{ kind: "set_shared_record", revision, content }]);
  expect(told).toEqual({ revision, content });
  return ledger;
}

describe("a ledger with its entity's shared record", () => {
  test("decides by it, and has it when it is started again", async () => {
    const ledger = await ledgerWithRecord(7);
    await ledger.evict();
    expect(await ledger.read({ kind: "shared_record" })).toEqual({ revision: 7, content });
    expect(await ledger.write([entry("2026-01-31")])).toMatchObject({ outcome: "refused", failure: { code: "PERIOD_LOCKED" } });
    expect((await ledger.written([entry("2026-02-01")], { actor: preparer })).status).toBe("pending_approval");
  });

  test("answers what it holds to a revision that it has passed, before and after a close-out", async () => {
    const ledger = await ledgerWithRecord(7);
    const older: Command = { kind: "set_shared_record", revision: 6, content: { policy: "none", locks: [] } };
    for (const generation of [0, 1]) {
      ledger.at(generation);
      expect(await ledger.write([older])).toMatchObject({ outcome: "existing", body: JSON.stringify({ revision: 7, content }) });
      expect(await ledger.write([older], { dryRun: true })).toMatchObject({
        outcome: "dry_run",
        body: JSON.stringify({ revision: 7, content }),
      });
      if (generation === 0) await ledger.closeOut();
    }
    await ledger.evict();
    expect(await ledger.read({ kind: "shared_record" })).toEqual({ revision: 7, content });
    const newer = { policy: "none", locks: [] } as const;
    expect(await ledger.written([{ kind: "set_shared_record", revision: 8, content: newer }])).toEqual({ revision: 8, content: newer });
    await ledger.evict();
    expect(await ledger.read({ kind: "shared_record" })).toEqual({ revision: 8, content: newer });
    await ledger.written([entry("2026-01-31")]);
  });

  test("takes it in and carries it where what earlier builds wrote is in the log too", async () => {
    const ledger = newLedger();
    await ledger.written([{ kind: "lock_period", startDate: "2025-01-01", endDate: "2025-12-31", module: "all", level: "soft" }]);
    await ledger.written([{ kind: "set_shared_record", revision: 1, content }]);
    await ledger.written([{ kind: "lock_period", startDate: "2026-02-01", endDate: "2026-02-28", module: "all", level: "soft" }]);
    await ledger.written([{ kind: "set_approval_policy", policy: "four_eyes" }]);
    const held = await ledger.read({ kind: "shared_record" });
    expect(held).toMatchObject({ revision: 1, content: { policy: "four_eyes", locks: [january, { level: "soft" }] } });
    await ledger.evict();
    expect(await ledger.read({ kind: "shared_record" })).toEqual(held);
    expect(await ledger.verify()).toMatchObject({ result: { ok: true } });
    await ledger.closeOut();
    await ledger.evict();
    expect(await ledger.read({ kind: "shared_record" })).toEqual(held);
  });

  test("says what is open in a period", async () => {
    const ledger = await ledgerWithRecord(1);
    const { kind: _kind, ...fields } = entry("2026-03-10") as Extract<Command, { kind: "post_entry" }>;
    const hold = await ledger.written([{ ...fields, kind: "place_hold" }]);
    const draft = await ledger.written([{ ...fields, kind: "create_draft" }]);
    const within = { kind: "unposted_within", startDate: "2026-03-01", endDate: "2026-03-31" } as const;
    expect(await ledger.read({ ...within, module: "all" })).toEqual({
      openDrafts: 1,
      openDraftIds: [draft.id],
      openHolds: 1,
      openHoldIds: [hold.id],
    });
    expect(await ledger.read({ ...within, module: "lease" })).toMatchObject({ openDrafts: 0, openHolds: 0 });
  });
});
