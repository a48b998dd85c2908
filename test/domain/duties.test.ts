import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Duties, type Duty } from "../../src/ledger/object/duties.ts";

const startMs = 1_000_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: startMs });
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The platform's one alarm: setting it replaces it. */
function oneAlarm(standingMs: number | null = null) {
  let atMs = standingMs;
  return {
    get atMs() {
      return atMs;
    },
    getAlarm: async () => atMs,
    setAlarm: async (scheduled: number | Date) => {
      atMs = Number(scheduled);
    },
    deleteAlarm: async () => {
      atMs = null;
    },
    /** Rings as the platform does: by then the alarm is no longer set. */
    async ring(duties: Duties) {
      atMs = null;
      await duties.ring();
    },
  };
}

/** A duty that is due once, and what happens when it is done. */
function duty(name: string, done: string[], happens: () => void | Promise<void> = () => undefined): Duty & { dueMs: number | undefined } {
  const one = {
    name,
    dueMs: 0 as number | undefined,
    dueAtMs: () => one.dueMs,
    do: async () => {
      done.push(name);
      await happens();
      one.dueMs = undefined;
    },
  };
  return one;
}

describe("what an object does by itself", () => {
  test("is done when it is due, in the order of the list, and the alarm is set for what is due next", async () => {
    const done: string[] = [];
    const [first, later, last] = [duty("first", done), duty("later", done), duty("last", done)];
    later.dueMs = startMs + 500;
    const alarm = oneAlarm();
    await alarm.ring(new Duties(alarm, () => "ledger", [first, later, last]));
    expect(done).toEqual(["first", "last"]);
    expect(alarm.atMs).toBe(startMs + 500);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", () => Promise.reject(new Error("broken"))],
  ])("keeps nothing else from being done where it %s, and is taken up again, later each time", async (_, breaks) => {
    const done: string[] = [];
    let isBroken = true;
    const broken = duty("broken", done, () => (isBroken ? breaks() : undefined));
    const other = duty("other", done);
    const alarm = oneAlarm();
    const duties = new Duties(alarm, () => "ledger", [broken, other]);
    for (const [after, waits] of [
      [0, 5_000],
      [5_000, 10_000],
      [15_000, 20_000],
    ] as const) {
      vi.setSystemTime(startMs + after);
      other.dueMs = 0;
      done.length = 0;
      await alarm.ring(duties);
      expect(done).toEqual(["broken", "other"]);
      expect(alarm.atMs).toBe(startMs + after + waits);
    }
    // The alarm may ring for something else meanwhile.
    other.dueMs = 0;
    done.length = 0;
    await alarm.ring(duties);
    expect(done).toEqual(["other"]);
    expect(alarm.atMs).toBe(startMs + 35_000);
    isBroken = false;
    vi.setSystemTime(startMs + 35_000);
    await alarm.ring(duties);
    expect(done).toEqual(["other", "broken"]);
    expect(alarm.atMs).toBeNull();
    expect(console.error).toHaveBeenCalledTimes(3);
  });

  test("waits an hour at most", async () => {
    const alarm = oneAlarm();
    const broken = duty("broken", [], () => Promise.reject(new Error("broken")));
    const duties = new Duties(alarm, () => "ledger", [broken]);
    for (let times = 0; times < 40; times++) {
      vi.setSystemTime(alarm.atMs ?? startMs);
      await alarm.ring(duties);
    }
    expect((alarm.atMs ?? 0) - Date.now()).toBe(3_600_000);
  });

  test("is taken up with the next call where the clock that set the alarm was ahead, and where it was seen to go back", async () => {
    const alarm = oneAlarm(startMs + 34_560_000_000);
    const slept = new Duties(alarm, () => "ledger", [duty("check", [])]);
    await slept.load();
    expect(alarm.atMs).toBe(startMs);

    const going = duty("check", []);
    going.dueMs = undefined;
    const duties = new Duties(alarm, () => "ledger", [going]);
    vi.setSystemTime(startMs + 34_560_000_000);
    duties.noticeClock();
    await alarm.ring(duties);
    going.dueMs = 0;
    duties.wakeBy(Date.now());
    vi.setSystemTime(startMs);
    duties.noticeClock();
    expect(alarm.atMs).toBe(startMs);
  });

  test("that is due in centuries has the alarm ring within a month, and again", async () => {
    const alarm = oneAlarm();
    const late = duty("late", []);
    late.dueMs = Date.parse("9999-12-31T00:00:00Z");
    const duties = new Duties(alarm, () => "ledger", [late]);
    await duties.load();
    expect(alarm.atMs).toBe(startMs + 30 * 86_400_000);
    vi.setSystemTime(alarm.atMs ?? 0);
    await alarm.ring(duties);
    expect(alarm.atMs).toBe(startMs + 60 * 86_400_000);
  });

  test("is put off while the clock is doubted", async () => {
    const done: string[] = [];
    const alarm = oneAlarm(startMs);
    const duties = new Duties(alarm, () => "ledger", [duty("expiry", done)]);
    await duties.load();
    duties.postpone();
    expect([done, alarm.atMs]).toEqual([[], startMs + 60_000]);
  });

  test("keeps nothing else from being done where it cannot say when it is due", async () => {
    const done: string[] = [];
    const unreadable: Duty = {
      name: "unreadable",
      dueAtMs: () => {
        throw new Error("no table");
      },
      do: () => undefined,
    };
    const alarm = oneAlarm();
    await alarm.ring(new Duties(alarm, () => "ledger", [unreadable, duty("other", done)]));
    expect(done).toEqual(["other"]);
    expect(alarm.atMs).toBe(startMs + 5_000);
  });

  test("never has the alarm moved later, not even one of an earlier life of the object", async () => {
    const alarm = oneAlarm(startMs + 100);
    const duties = new Duties(alarm, () => "ledger", []);
    await duties.load();
    duties.wakeBy(startMs + 200);
    expect(alarm.atMs).toBe(startMs + 100);
    duties.wakeBy(startMs + 50);
    expect(alarm.atMs).toBe(startMs + 50);
  });

  test("is over once the alarm is dropped, and begins again with the next that is due", async () => {
    const alarm = oneAlarm(startMs + 100);
    const duties = new Duties(alarm, () => "ledger", []);
    await duties.load();
    duties.drop();
    expect(alarm.atMs).toBeNull();
    duties.wakeBy(startMs + 200);
    expect(alarm.atMs).toBe(startMs + 200);
  });

  test("is woken sooner by what comes while it is at work", async () => {
    const alarm = oneAlarm();
    const work = duty("work", [], () => duties.wakeBy(startMs + 10));
    const later = duty("later", []);
    later.dueMs = startMs + 500;
    const duties: Duties = new Duties(alarm, () => "ledger", [work, later]);
    await alarm.ring(duties);
    expect(alarm.atMs).toBe(startMs + 10);
  });
});
