import { describe, expect, test } from "vitest";
import {
  countedFromNow,
  dayFromNow,
  noStrangers,
  noWrongPasswords,
  oneMoreStranger,
  oneMoreWrong,
  oneWasRight,
  someWereRight,
  strangersOfEarlierBuild,
  type WrongPasswords,
  waitBeforePassword,
  waitForStrangers,
} from "../../src/access/back-off.ts";

const second = 1_000;
const day = 24 * 3_600 * second;

/** So many wrong ones, each as soon as it is allowed; and when the last was. */
function wrongOnes(count: number): { wrong: WrongPasswords; atMs: number } {
  let wrong = noWrongPasswords;
  let atMs = day;
  for (let n = 0; n < count; n += 1) {
    atMs += waitBeforePassword(wrong, atMs);
    wrong = oneMoreWrong(wrong, atMs);
  }
  return { wrong, atMs };
}

describe("wrong passwords", () => {
  test.each([
    [0, 0],
    [1, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [7, 4],
    [8, 8],
    [14, 512],
    [15, 900],
    [16, 900],
    [5_000, 900],
  ])("%i of them cost %i seconds", (count, seconds) => {
    const { wrong, atMs } = wrongOnes(count);
    expect(waitBeforePassword(wrong, atMs)).toBe(seconds * second);
    expect(waitBeforePassword(wrong, atMs + seconds * second)).toBe(0);
    if (seconds > 0) expect(waitBeforePassword(wrong, atMs + seconds * second - 1)).toBe(1);
  });

  test("are forgotten when none has come for a day, and not before", () => {
    const { wrong, atMs } = wrongOnes(20);
    expect(oneMoreWrong(wrong, atMs + day - 1).count).toBe(21);
    expect(oneMoreWrong(wrong, atMs + day)).toMatchObject({ count: 1, lockedUntilMs: atMs + day });
  });

  test("are one less when one turned out right, and nothing is waited for", () => {
    const { wrong, atMs } = wrongOnes(7);
    expect(oneWasRight(wrong).count).toBe(6);
    expect(waitBeforePassword(oneWasRight(wrong), atMs)).toBe(0);
    expect(oneWasRight(noWrongPasswords).count).toBe(0);
  });

  test("keep nobody out for longer than they were to, though the clock that counted them was ahead", () => {
    const { wrong, atMs } = wrongOnes(20);
    const backMs = atMs - day;
    const counted = countedFromNow(wrong, backMs);
    expect(waitBeforePassword(counted, backMs)).toBe(900 * second);
    expect(waitBeforePassword(countedFromNow(counted, backMs + 600 * second), backMs + 600 * second)).toBe(300 * second);
    expect(countedFromNow(noWrongPasswords, backMs)).toEqual(noWrongPasswords);
    expect(countedFromNow(wrong, atMs)).toBe(wrong);
  });
});

describe("wrong passwords of strangers", () => {
  const strangers = (count: number, startMs = day) => {
    let of = noStrangers;
    for (let n = 0; n < count; n += 1) of = oneMoreStranger(of, startMs + n);
    return of;
  };

  test.each([
    [0, 0],
    [1, 0],
    [99, 0],
    [100, day],
    [250, day],
  ])("%i of them within a day have the next wait %i ms from the first", (count, waitMs) => {
    expect(waitForStrangers(strangers(count), day)).toBe(waitMs);
    if (waitMs > 0) expect(waitForStrangers(strangers(count), 2 * day - 1)).toBe(1);
    expect(waitForStrangers(strangers(count), 2 * day)).toBe(0);
  });

  test("begin a new day when the one of the first is over", () => {
    expect(oneMoreStranger(strangers(100), 2 * day - 1)).toEqual({ count: 101, startMs: day });
    expect(oneMoreStranger(strangers(100), 2 * day)).toEqual({ count: 1, startMs: 2 * day });
  });

  test("are fewer by those that were right", () => {
    expect(someWereRight(strangers(100), 3)).toEqual({ count: 97, startMs: day });
    expect(someWereRight(strangers(2), 3).count).toBe(0);
  });

  test("wait for no longer than a day, though the clock that counted them was ahead", () => {
    const counted = dayFromNow(strangers(100), -30 * day);
    expect(waitForStrangers(counted, -30 * day)).toBe(day);
    expect(waitForStrangers(dayFromNow(counted, -29 * day - 1), -29 * day - 1)).toBe(1);
    expect(waitForStrangers(dayFromNow(counted, -29 * day), -29 * day)).toBe(0);
  });

  test.each([
    [7, day, day + 1, { count: 7, startMs: day }],
    [5_000, day, day + 1, { count: 100, startMs: day }],
    [7, day, 2 * day, noStrangers],
  ])("that an earlier build counted, %i of them, count as the day's while it lasts", (count, lastMs, nowMs, expected) => {
    expect(strangersOfEarlierBuild({ count, lastMs, lockedUntilMs: nowMs + day }, nowMs)).toEqual(expected);
  });
});
