import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dateOfDay, parseDay } from "../../src/kernel/calendar-date.ts";
import type { Role } from "../../src/kernel/role.ts";
import type { LockLevel, Module } from "../../src/ledger/domain/period-lock.ts";
import { checkLocks, type PeriodLock, setLock } from "../../src/ledger/domain/period-lock.ts";
import { seeded } from "../support/seed.ts";

const actor = (role: Role) => ({ kind: "service", id: "it", role }) as const;
const dayOf = (date: string) => parseDay(date) ?? Number.NaN;

function change(text: string) {
  const [range = "", module, level] = text.split(" ");
  const [start = "", end = ""] = range.split("..");
  return { startDay: dayOf(start), endDay: dayOf(end), module: module as Module, level: level as LockLevel, reason: null };
}

const set = (...texts: string[]) => texts.reduce<readonly PeriodLock[]>((locks, text) => setLock(locks, change(text)), []);
const shown = (locks: readonly PeriodLock[]) =>
  locks.map((lock) => `${dateOfDay(lock.startDay)}..${dateOfDay(lock.endDay)} ${lock.module} ${lock.level}`);

function said(locks: readonly PeriodLock[], date: string, module: Module, role: Role): string {
  const answer = checkLocks(locks, dayOf(date), module, actor(role));
  return answer.ok ? answer.value : `${answer.failure.code}, open from ${answer.failure.details?.[0]?.earliestOpenDate}`;
}

describe("an entry's date against the locks", () => {
  const locks = set(
    "2026-01-01..2026-01-31 all hard",
    "2026-02-01..2026-02-28 lease soft",
    "2026-03-01..2026-03-10 journal soft",
    "2026-03-05..2026-03-20 all hard",
    "2027-01-01..9999-12-31 all hard",
  );
  test.each`
    date            | module       | role          | answer
    ${"2025-12-31"} | ${"journal"} | ${"PREPARER"} | ${"open"}
    ${"2026-01-01"} | ${"journal"} | ${"OWNER"}    | ${"PERIOD_LOCKED, open from 2026-02-01"}
    ${"2026-01-31"} | ${"banking"} | ${"OWNER"}    | ${"PERIOD_LOCKED, open from 2026-02-01"}
    ${"2026-01-31"} | ${"lease"}   | ${"PREPARER"} | ${"PERIOD_LOCKED, open from 2026-03-01"}
    ${"2026-01-31"} | ${"lease"}   | ${"ADMIN"}    | ${"PERIOD_LOCKED, open from 2026-02-01"}
    ${"2026-02-01"} | ${"journal"} | ${"PREPARER"} | ${"open"}
    ${"2026-02-10"} | ${"lease"}   | ${"APPROVER"} | ${"PERIOD_LOCKED, open from 2026-03-01"}
    ${"2026-02-10"} | ${"lease"}   | ${"ADMIN"}    | ${"flagged"}
    ${"2026-02-28"} | ${"lease"}   | ${"OWNER"}    | ${"flagged"}
    ${"2026-03-01"} | ${"journal"} | ${"PREPARER"} | ${"PERIOD_LOCKED, open from 2026-03-21"}
    ${"2026-03-01"} | ${"journal"} | ${"OWNER"}    | ${"flagged"}
    ${"2026-03-07"} | ${"journal"} | ${"OWNER"}    | ${"PERIOD_LOCKED, open from 2026-03-21"}
    ${"2026-12-31"} | ${"journal"} | ${"OWNER"}    | ${"open"}
    ${"2027-01-01"} | ${"journal"} | ${"OWNER"}    | ${"PERIOD_LOCKED, open from null"}
    ${"9999-12-31"} | ${"journal"} | ${"OWNER"}    | ${"PERIOD_LOCKED, open from null"}
  `("$date $module as $role: $answer", ({ date, module, role, answer }) => {
    expect(said(locks, date, module, role)).toBe(answer);
  });
});

describe("setting a lock", () => {
  test.each([
    [
      "a gap",
      ["2026-01-01..2026-12-31 all hard", "2026-03-01..2026-03-31 all open"],
      ["2026-01-01..2026-02-28 all hard", "2026-04-01..2026-12-31 all hard"],
    ],
    [
      "a harder middle",
      ["2026-01-01..2026-03-31 all soft", "2026-02-01..2026-02-28 all hard"],
      ["2026-01-01..2026-01-31 all soft", "2026-02-01..2026-02-28 all hard", "2026-03-01..2026-03-31 all soft"],
    ],
    [
      "one module beside all",
      ["2026-01-01..2026-01-31 all hard", "2026-01-10..2026-01-20 lease open"],
      ["2026-01-01..2026-01-31 all hard"],
    ],
    ["everything taken back", ["2026-01-01..2026-01-31 all hard", "2025-01-01..2027-01-01 all open"], []],
    ["the first day alone", ["2026-01-01..2026-01-31 all hard", "2026-01-01..2026-01-01 all open"], ["2026-01-02..2026-01-31 all hard"]],
    ["the last day alone", ["2026-01-01..2026-01-31 all hard", "2026-01-31..2026-01-31 all open"], ["2026-01-01..2026-01-30 all hard"]],
  ] as const)("leaves %s", (_, changes, left) => {
    expect(shown(set(...changes))).toEqual(left);
  });

  test("each day has the level that was set for it last, and the locks of a module never overlap", () => {
    const base = dayOf("2026-01-01");
    const anyChange = fc.record({
      from: fc.nat(30),
      days: fc.nat(12),
      module: fc.constantFrom<Module>("all", "lease", "journal"),
      level: fc.constantFrom<LockLevel>("open", "soft", "hard"),
    });
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 14 }), (changes) => {
        const last = new Map<string, LockLevel>();
        let locks: readonly PeriodLock[] = [];
        for (const { from, days, module, level } of changes) {
          locks = setLock(locks, { startDay: base + from, endDay: base + from + days, module, level, reason: null });
          for (let day = from; day <= from + days; day++) last.set(`${day} ${module}`, level);
        }
        for (const module of ["all", "lease", "journal"] as const) {
          for (let day = 0; day < 50; day++) {
            const covering = locks.filter((lock) => lock.module === module && lock.startDay <= base + day && base + day <= lock.endDay);
            expect(covering.map((lock) => lock.level)).toEqual(
              [last.get(`${day} ${module}`) ?? "open"].filter((level) => level !== "open"),
            );
          }
        }
      }),
      seeded(200),
    );
  });

  test("the first open date is open, and no earlier one after the date is", () => {
    const base = dayOf("2026-01-01");
    const anyLock = fc.record({
      from: fc.nat(40),
      days: fc.nat(9),
      level: fc.constantFrom<LockLevel>("soft", "hard"),
      module: fc.constantFrom<Module>("all", "lease"),
    });
    fc.assert(
      fc.property(fc.array(anyLock, { maxLength: 10 }), fc.nat(40), fc.constantFrom<Role>("OWNER", "PREPARER"), (asked, day, role) => {
        const locks = asked.reduce<readonly PeriodLock[]>(
          (before, { from, days, level, module }) =>
            setLock(before, { startDay: base + from, endDay: base + from + days, module, level, reason: null }),
          [],
        );
        const answer = checkLocks(locks, base + day, "lease", actor(role));
        if (answer.ok) return;
        const open = dayOf(String(answer.failure.details?.[0]?.earliestOpenDate));
        for (let later = base + day; later < open; later++) expect(checkLocks(locks, later, "lease", actor(role)).ok).toBe(false);
        expect(checkLocks(locks, open, "lease", actor(role)).ok).toBe(true);
      }),
      seeded(300),
    );
  });
});
