import { describe, expect, test } from "vitest";
import { noWrongPasswords, oneMoreWrong, oneWasRight, type WrongPasswords, waitBeforePassword } from "../../src/access/back-off.ts";

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

  test("keep nobody out for longer than the longest wait, though the clock steps back", () => {
    const { wrong, atMs } = wrongOnes(20);
    expect(waitBeforePassword(wrong, atMs - 30 * day)).toBe(900 * second);
  });
});
