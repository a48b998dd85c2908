import { type Failure, type FailureDetail, failure } from "../../kernel/failures.ts";
import { ok, type Result } from "../../kernel/result.ts";
import type { Fact } from "./fact.ts";

/** What a command comes to: new facts, or the sequence of the entry, draft or hold that was there before with the same name and the same content. */
export interface Decision {
  readonly facts: readonly Fact[];
  readonly existing: number | undefined;
}

/** The command comes to one new fact. */
export function made(fact: Fact): Result<Decision, Failure> {
  return ok({ facts: [fact], existing: undefined });
}

/** A refusal with one fault, at `pointer` in the command. */
export function refusalAt(code: Failure["code"], message: string, pointer: string, facts: Record<string, unknown> = {}): Failure {
  const detail: FailureDetail = { ...facts, pointer, code, message };
  return failure(code, message, [detail]);
}

export const missing = failure("NOT_FOUND", "Nothing with this id exists in the site.");
