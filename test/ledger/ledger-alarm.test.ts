import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { refByCode } from "../../src/ledger/domain/command.ts";
import { readMeta } from "../../src/ledger/object/log/meta.ts";
import type { PlaceHold } from "../../src/ledger/rpc.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { holdClock, newLedger, setClock } from "../support/ledger-under-test.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

test("a duty of a ledger that throws keeps no other from being done, and is taken up again", async () => {
  const ledger = newLedger();
  await ledger.written([openAccount("cash", "bank"), openAccount("sales", "income")]);
  const startMs = Date.now();
  const hold: PlaceHold = {
    kind: "place_hold",
    date: "2026-06-08",
    lines: [
      { account: refByCode("cash"), side: "debit", amount: 5 },
      { account: refByCode("sales"), side: "credit", amount: 5 },
    ],
    expiresAtMs: startMs + 1_000,
  };
  await ledger.written([hold]);
  await ledger.client.startVerification();
  const sent = () => ledger.inside((sql) => readMeta<number>(sql, "outbox_accounts"));
  const checks = () => ledger.rows("SELECT state ->> '$.status' AS status FROM verification");
  const expiries = () => ledger.rows("SELECT seq FROM journal WHERE body ->> '$.kind' = 'holds_expired'");
  const alarmAtMs = () => ledger.inside((_, state) => state.storage.getAlarm());
  await ledger.inside(
    (sql) => void sql.exec("CREATE TRIGGER failing BEFORE INSERT ON journal BEGIN SELECT raise(ABORT, 'the disk is gone'); END"),
  );

  setClock(startMs + 1_000);
  for (let turn = 0; turn < 3; turn++) await ledger.alarm();
  expect(await expiries()).toEqual([]);
  expect(await checks()).toEqual([{ status: "succeeded" }]);
  expect(await sent()).toBeGreaterThan(0);

  await ledger.inside((sql) => void sql.exec("DROP TRIGGER failing"));
  const againAtMs = (await alarmAtMs()) ?? 0;
  expect(againAtMs).toBeGreaterThan(startMs + 1_000);
  setClock(againAtMs);
  await ledger.alarm();
  expect(await expiries()).toHaveLength(1);
});
