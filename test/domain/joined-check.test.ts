import { expect, test } from "vitest";
import { joinedCheck, type OwnCheck } from "../../src/ledger/object/checks/verification.ts";

function check(first: number, last: number, more: Partial<OwnCheck>): OwnCheck {
  return {
    id: `job ${first}`,
    type: "verify_ledger",
    status: "succeeded",
    createdAt: "2026-06-08T09:30:00.000Z",
    finishedAt: `2026-06-08T09:30:0${first % 10}.000Z`,
    progress: { sequence: last, head: last },
    result: { ok: true, sequence: last, seal: "c", faults: [] },
    opening: "",
    closing: null,
    earlier: [],
    ...more,
  };
}

const first = check(1, 10, { closing: "a" });
const second = check(11, 20, { opening: "a", closing: "b" });
const third = check(21, 25, { opening: "b" });
const firstSequences = [1, 11, 21];

test("a ledger of three generations is proved once each is, and each begins with what the one before ended with", () => {
  expect(joinedCheck(third, [first, second], firstSequences)).toEqual({
    id: "job 21",
    type: "verify_ledger",
    status: "succeeded",
    createdAt: "2026-06-08T09:30:00.000Z",
    finishedAt: "2026-06-08T09:30:01.000Z",
    progress: { sequence: 25, head: 25 },
    result: { ok: true, sequence: 25, seal: "c", faults: [] },
  });
});

test("runs until the last of them is proved, and says how far all are together", () => {
  const running: OwnCheck = { ...second, status: "running", progress: { sequence: 13, head: 20 }, finishedAt: null, result: null };
  expect(joinedCheck(third, [first, running], firstSequences)).toMatchObject({
    status: "running",
    progress: { sequence: 18, head: 25 },
    finishedAt: null,
    result: null,
  });
});

test("is not proved where one is not, or begins with other figures", () => {
  const faulty: OwnCheck = { ...first, status: "failed", result: { ok: false, sequence: 10, seal: "x", faults: ["a fault"] } };
  expect(joinedCheck(third, [faulty, second], firstSequences)).toMatchObject({
    status: "failed",
    result: { ok: false, faults: ["generation 0: a fault"] },
  });
  const other: OwnCheck = { ...second, opening: "z" };
  expect(joinedCheck(third, [first, other], firstSequences).result?.faults).toEqual([
    "generation 1: what it began with is not what generation 0 ended with",
  ]);
});
