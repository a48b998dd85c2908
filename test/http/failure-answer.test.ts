import { expect, test } from "vitest";
import { failureAnswer } from "../../src/http/failure-answer.ts";
import { type FailureCode, type FailureKind, failure, failureKinds } from "../../src/kernel/failures.ts";

const kinds = Object.entries(failureKinds) as [FailureCode, FailureKind][];
const retryAfter = (reason: Parameters<typeof failureAnswer>[0]) => failureAnswer(reason, "request", undefined).headers["Retry-After"];

// How long a 429 waits depends on what was counted: whoever refuses says it.
const toRepeat = kinds.filter(([, { status, action }]) => status === 503 || (status !== 429 && action.includes("Retry-After")));

test.each(toRepeat)("%s, which is to be repeated, says when: after a second, or what the refusal says", (code) => {
  expect(retryAfter(failure(code, "Later."))).toBe("1");
  expect(retryAfter({ ...failure(code, "Later."), retryAfterSeconds: 30 })).toBe("30");
});

test("no other refusal has a Retry-After by itself", () => {
  const others = kinds.filter((kind) => !toRepeat.includes(kind)).map(([code]) => code);
  expect(others.filter((code) => retryAfter(failure(code, "No.")) !== undefined)).toEqual([]);
});
