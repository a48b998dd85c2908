import type { Failure } from "../kernel/failures.ts";

/** One reason for which nothing may be written: asked with every request that may write. */
export interface WriteReason {
  readonly refusal: () => Failure | undefined;
  readonly stop: () => void;
}

/** The first reason for which nothing may be written now. */
export function firstRefusal(reasons: readonly WriteReason[]): Failure | undefined {
  for (const { refusal } of reasons) {
    const found = refusal();
    if (found !== undefined) return found;
  }
  return undefined;
}
