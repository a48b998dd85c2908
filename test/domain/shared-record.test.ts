import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dateOfDay, dayOf } from "../../src/kernel/calendar-date.ts";
import type { Command } from "../../src/ledger/domain/command.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import type { LockLevel, Module, PeriodLock } from "../../src/ledger/domain/period-lock.ts";
import { levelAt, restoreLocks, setLock, strictestLocks, strictnessOf } from "../../src/ledger/domain/period-lock.ts";
import type { SharedContent } from "../../src/ledger/domain/shared-content.ts";
import { completeShared, initialShared, isSameShared, strictestShared } from "../../src/ledger/domain/shared-record.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { foldLog, type MemoryLedger, memoryLedger, type Written } from "../support/memory-ledger.ts";
import { seeded } from "../support/seed.ts";

function lock(text: string, reason: string | null = null): PeriodLock {
  const [range = "", module, level] = text.split(" ");
  const [start = "", end = ""] = range.split("..");
  return { startDay: dayOf(start), endDay: dayOf(end), module: module as Module, level: level as "soft" | "hard", reason };
}
const record = (revision: number, content: Partial<SharedContent>): Command => ({ kind: "set_shared_record", revision, content });
const codes = (written: Written) => written.refused?.code ?? written.items.map((item) => ("facts" in item ? item.facts[0]?.kind : item));

function opened(): MemoryLedger {
  const ledger = memoryLedger();
  ledger.write([openAccount("cash", "bank"), openAccount("sales", "income")]);
  return ledger;
}

function groupHold(date: string, module: Module = "journal"): Command {
  return {
    kind: "place_hold",
    groupId: "g",
    date,
    module,
    lines: [
      { account: refByCode("cash"), side: "debit", amount: 5 },
      { account: refByCode("sales"), side: "credit", amount: 5 },
    ],
  };
}

describe("the shared record in a ledger", () => {
  test("replaces all that was held before, by whichever facts", () => {
    const ledger = opened();
    ledger.write([{ kind: "lock_period", startDate: "2026-01-01", endDate: "2026-01-31", module: "all", level: "hard" }]);
    ledger.write([{ kind: "set_approval_policy", policy: "four_eyes" }]);
    const february = lock("2026-02-01..2026-02-28 all soft");
    expect(codes(ledger.write([record(1, { policy: "required", locks: [february] })]))).toEqual(["shared_record_set"]);
    expect(ledger).toMatchObject({ policy: "required", locks: [february], shared: { revision: 1, sequence: ledger.sequence } });
  });

  test("is not set back: a revision that is passed changes nothing, and the fact that is held answers", () => {
    const ledger = opened();
    ledger.write([record(4, { policy: "four_eyes", locks: [] })]);
    const { sequence } = ledger;
    const before = ledger.snapshot();
    for (const revision of [1, 3, 4])
      expect(ledger.write([record(revision, { policy: "none", locks: [] })]).items).toEqual([{ existing: sequence }]);
    expect(ledger.snapshot()).toBe(before);
    expect(codes(ledger.write([record(5, { policy: "none", locks: [] })]))).toEqual(["shared_record_set"]);
    expect(ledger.policy).toBe("none");
  });

  test("of a build that did not share a member yet has it as it is where nothing was said", () => {
    expect(completeShared({ policy: "required" })).toEqual({ ...initialShared, policy: "required" });
    const body = JSON.stringify({ kind: "shared_record_set", revision: 2, policy: "required" });
    const ledger = foldLog([{ body, atMs: 1 }]);
    expect(ledger).toMatchObject({ policy: "required", locks: [], shared: { revision: 2, sequence: 1 } });
  });

  test("is refused where it locks a day on which a hold of a group stands, and names the lock that does", () => {
    const ledger = opened();
    ledger.write([groupHold("2026-03-10"), groupHold("2026-04-10", "banking")]);
    const other = lock("2026-01-01..2026-01-31 all hard");
    for (const [text, code] of [
      ["2026-03-10..2026-03-10 all soft", "IN_USE"],
      ["2026-03-01..2026-03-31 journal hard", "IN_USE"],
      ["2026-03-01..2026-03-31 banking hard", undefined],
      ["2026-04-01..2026-04-30 banking soft", "IN_USE"],
      ["2026-03-11..2026-04-09 all hard", undefined],
    ] as const) {
      const one = lock(text);
      const { refused } = ledger.write([record(1, { policy: "none", locks: [other, one] })], { dryRun: true });
      expect(refused?.code, text).toBe(code);
      if (code === undefined) continue;
      expect(refused?.details?.[0]).toMatchObject({
        pointer: "/startDate",
        startDate: dateOfDay(one.startDay),
        endDate: dateOfDay(one.endDay),
        module: one.module,
      });
    }
  });

  test("leaves alone a hold of a group that was placed past a soft lock, unless the day is locked harder", () => {
    const ledger = opened();
    const soft = lock("2026-03-01..2026-03-31 all soft");
    ledger.write([record(1, { policy: "none", locks: [soft] })]);
    ledger.write([groupHold("2026-03-10")]);
    expect(codes(ledger.write([record(2, { policy: "required", locks: [soft] })]))).toEqual(["shared_record_set"]);
    expect(codes(ledger.write([record(3, { policy: "required", locks: [{ ...soft, reason: "Said again" }] })]))).toEqual([
      "shared_record_set",
    ]);
    expect(codes(ledger.write([record(4, { policy: "none", locks: [{ ...soft, level: "hard" }] })]))).toBe("IN_USE");
    expect(codes(ledger.write([record(4, { policy: "none", locks: [] })]))).toEqual(["shared_record_set"]);
  });
});

describe("the strictest of several records", () => {
  test("has the strictest policy, and on each day the hardest lock with its reason", () => {
    const records: SharedContent[] = [
      { policy: "required", locks: [lock("2026-01-01..2026-03-31 all soft", "quarter"), lock("2026-02-01..2026-02-28 lease hard")] },
      { policy: "none", locks: [lock("2026-02-01..2026-02-28 all hard", "reported")] },
    ];
    const expected = {
      policy: "required",
      locks: [
        lock("2026-01-01..2026-01-31 all soft", "quarter"),
        lock("2026-02-01..2026-02-28 all hard", "reported"),
        lock("2026-02-01..2026-02-28 lease hard"),
        lock("2026-03-01..2026-03-31 all soft", "quarter"),
      ],
    };
    expect(strictestShared(records)).toEqual(expected);
    expect(strictestShared([...records].reverse())).toEqual(expected);
    expect(strictestShared([{ policy: "four_eyes", locks: [] }, ...records]).policy).toBe("four_eyes");
    expect(strictestShared([])).toEqual(initialShared);
  });

  test("of the same record several times is that record", () => {
    const one: SharedContent = {
      policy: "required",
      locks: [lock("2026-01-01..2026-01-31 all soft", "a"), lock("2026-02-01..2026-02-28 all hard", "b")],
    };
    expect(isSameShared(strictestShared([one, one, one]), one)).toBe(true);
  });
});

const base = dayOf("2026-01-01");
const anyLocks = fc
  .array(
    fc.record({
      from: fc.nat(30),
      days: fc.nat(12),
      module: fc.constantFrom<Module>("all", "lease", "journal"),
      level: fc.constantFrom<LockLevel>("open", "soft", "hard"),
    }),
    { maxLength: 8 },
  )
  .map((changes) =>
    changes.reduce<readonly PeriodLock[]>(
      (locks, { from, days, module, level }) =>
        setLock(locks, { startDay: base + from, endDay: base + from + days, module, level, reason: null }),
      [],
    ),
  );
const days = Array.from({ length: 45 }, (_, day) => base + day);
/** The level that the locks of a module alone give a day. */
const ownLevel = (locks: readonly PeriodLock[], day: number, module: Module) =>
  levelAt(
    locks.filter((one) => one.module === module),
    day,
    module,
  );
const modules = ["all", "lease", "journal"] as const;

describe("lists of locks", () => {
  test("together bar on each day what the stricter of them does, for each module", () => {
    fc.assert(
      fc.property(anyLocks, anyLocks, (a, b) => {
        const both = strictestLocks(a, b);
        for (const module of modules)
          for (const day of days) {
            const level = strictnessOf(ownLevel(both, day, module));
            expect(level).toBe(Math.max(strictnessOf(ownLevel(a, day, module)), strictnessOf(ownLevel(b, day, module))));
          }
      }),
      seeded(200),
    );
  });

  test("with a range taken back are as before there, and as they were elsewhere", () => {
    fc.assert(
      fc.property(anyLocks, anyLocks, fc.nat(30), fc.nat(12), fc.constantFrom(...modules), (now, earlier, from, length, module) => {
        const range = { startDay: base + from, endDay: base + from + length, module };
        const restored = restoreLocks(now, earlier, range);
        for (const of of modules)
          for (const day of days) {
            const inside = of === module && range.startDay <= day && day <= range.endDay;
            expect(ownLevel(restored, day, of)).toBe(ownLevel(inside ? earlier : now, day, of));
          }
      }),
      seeded(200),
    );
  });
});
